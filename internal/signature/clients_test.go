//go:build clients

package signature_test

import (
	"bufio"
	"crypto/rand"
	"encoding/json"
	"io"
	"os/exec"
	"testing"

	"pgregory.net/rapid"

	"assay/internal/signature"
)

// official runs Paytm's own npm package; `make test-clients` installs it.
type official struct {
	in  io.Writer
	out *bufio.Scanner
}

type question struct {
	Do        string `json:"do"`
	Body      string `json:"body"`
	Key       string `json:"key"`
	Signature string `json:"signature,omitempty"`
}

type reply struct {
	Signature string `json:"signature"`
	Valid     bool   `json:"valid"`
}

func (o official) ask(t *rapid.T, q question) reply {
	line, err := json.Marshal(q)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := o.in.Write(append(line, '\n')); err != nil {
		t.Fatal(err)
	}
	if !o.out.Scan() {
		t.Fatalf("the package gave no response: %v", o.out.Err())
	}
	var r reply
	if err := json.Unmarshal(o.out.Bytes(), &r); err != nil {
		t.Fatal(err)
	}
	return r
}

// TestAgainstPaytm compares our checksum with Paytm's, over random bodies. Each
// verifies the signatures of the other, and only for the same body.
func TestAgainstPaytm(t *testing.T) {
	node := exec.CommandContext(t.Context(), "node", "checksum.js")
	node.Dir = "testdata/clients"
	in, err := node.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := node.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := node.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := in.Close(); err != nil {
			t.Error(err)
		}
		if err := node.Wait(); err != nil {
			t.Error(err)
		}
	}()
	theirs, ours := official{in, bufio.NewScanner(out)}, signature.PaytmChecksum{}
	rapid.Check(t, func(t *rapid.T) {
		body, err := json.Marshal(map[string]string{"orderId": rapid.String().Draw(t, "text"), "comments": rapid.StringMatching(`[<>&"\\₹é|]{0,9}`).Draw(t, "marks")})
		if err != nil {
			t.Fatal(err)
		}
		key := rapid.StringMatching(`[A-Za-z0-9@#]{16}`).Draw(t, "key")
		signed, err := ours.Sign(body, key, rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		if !theirs.ask(t, question{"verify", string(body), key, signed}).Valid {
			t.Fatal("the npm package rejects our signature")
		}
		if theirs.ask(t, question{"verify", string(body) + " ", key, signed}).Valid {
			t.Fatal("the npm package accepts our signature for another body")
		}
		back := theirs.ask(t, question{Do: "sign", Body: string(body), Key: key}).Signature
		if !ours.Verify(body, key, back) || ours.Verify(append(body, ' '), key, back) {
			t.Fatal("we reject the signature of the npm package, or accept it for another body")
		}
	})
}
