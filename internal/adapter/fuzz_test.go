package adapter_test

import (
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"assay/internal/adapter"
	"assay/internal/contract"
	"assay/internal/golden"
	"assay/internal/openapi"
	"assay/internal/signature"
)

// corpus is where `go test -fuzz` looks for what to begin with.
var corpus = filepath.Join("testdata", "fuzz", "FuzzRead")

// FuzzRead reads anything as the answer of every operation, as it is and signed
// again: no adapter panics, what is claimed of an answer is what a documented
// code says, and a success is one that is whole.
func FuzzRead(f *testing.F) {
	loaded := all(f)
	adapters := map[string]*contract.Adapter{}
	for _, s := range loaded {
		adapters[s.Provider] = adapter.New(s.Provider, setup(s))
	}
	f.Fuzz(func(t *testing.T, status int, body []byte) {
		for _, s := range loaded {
			for _, o := range s.Operations {
				for _, answer := range sealed(s, o, status, body) {
					got := adapters[s.Provider].Operation(o.ID).Read(contract.Exchange{Response: answer})
					if wrong := honest(s, o, answer, got); wrong != "" {
						t.Fatalf("%s: %s", o.Name(), wrong)
					}
				}
			}
		}
	})
}

// sealed is an answer as it is, and where answers are signed with the right
// signature in the place of its own: chance would never hit one.
func sealed(s *openapi.Spec, o *openapi.Operation, status int, body []byte) []contract.Response {
	answers := []contract.Response{{Status: status, Header: http.Header{}, Body: body}}
	if o.Sign.Answer != nil {
		again := signature.Sign(o.Sign.Answer, body, s.TestCredentials(), signature.Zeros{})
		answers = append(answers, contract.Response{Status: status, Header: http.Header{}, Body: again})
	}
	return answers
}

// seeds is what fuzzing begins with: the answer of every code, and of the first
// success of each operation one damage of every sort.
func seeds(t testing.TB) map[string]contract.Response {
	t.Helper()
	every := map[string]contract.Response{}
	damaged := map[string]bool{}
	for _, w := range wholes(t) {
		name := strings.ReplaceAll(w.name(), "/", "-")
		every[name] = w.answer
		if w.row.State != contract.Succeeded || damaged[w.op.Name()] {
			continue
		}
		damaged[w.op.Name()] = true
		code, inBody := codeAt(w)
		if !inBody {
			code = w.op.Result.Status[0]
		}
		raw, _ := contract.Raw(w.answer.Body, code)
		for how, body := range map[string][]byte{
			"cut":    w.answer.Body[:len(w.answer.Body)-1],
			"half":   w.answer.Body[:len(w.answer.Body)/2],
			"twice":  w.spliced(code.Parent(), fmt.Sprintf("%q:%s", code.LastToken(), raw)),
			"huge":   contract.Replace(w.answer.Body, code, []byte("1e999")),
			"null":   contract.Replace(w.answer.Body, code, []byte("null")),
			"nested": contract.Replace(w.answer.Body, code, []byte(strings.Repeat("[", 40)+strings.Repeat("]", 40))),
			"stray":  contract.Replace(w.answer.Body, code, []byte("\"\xff\"")),
			"mark":   append([]byte("\ufeff"), w.answer.Body...),
			"page":   []byte("<html>" + string(w.answer.Body) + "</html>"),
			"empty":  {},
		} {
			every[name+"-"+how] = w.with(body)
		}
		late := w.answer
		late.Status = http.StatusGatewayTimeout
		every[name+"-status"] = late
	}
	return every
}

// TestCorpus holds the committed corpus to the documents: `make golden` writes
// it again. What fuzzing found beyond it stays, under the name it was given.
func TestCorpus(t *testing.T) {
	t.Parallel()
	for name, answer := range seeds(t) {
		file := filepath.Join(corpus, name)
		want := fmt.Sprintf("go test fuzz v1\nint(%d)\n[]byte(%q)\n", answer.Status, answer.Body)
		golden.Compare(t, file, []byte(want))
	}
}
