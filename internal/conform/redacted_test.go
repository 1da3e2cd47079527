package conform_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/hex"
	"net/url"
	"strings"
	"testing"

	"assay/internal/conform"
	"assay/internal/contract"
	"assay/internal/enginetest"
	"assay/internal/protocol"
	"assay/internal/report"
)

// printing is a client that ends in its first call, after it has printed something.
type printing struct {
	replies
	print func(call protocol.Call) string
}

func (p printing) Do(_ context.Context, call protocol.Call) (protocol.Reply, error) {
	text := p.print(call)
	return protocol.Reply{}, &protocol.NoReplyError{Why: "the client ended: " + text, Output: "Traceback\n" + text + "\nEnd\n"}
}

// TestRedacted lets a client print credentials and personal data of its call, in several
// encodings. No report has them.
func TestRedacted(t *testing.T) {
	t.Parallel()
	e := enginetest.Load(t)
	encodings := map[string]func(string) string{
		"plain": func(s string) string { return s }, "base64": func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) },
		"hex": func(s string) string { return hex.EncodeToString([]byte(s)) }, "percent": url.QueryEscape,
		"lines": func(s string) string { return s[:len(s)/2] + "\n" + s[len(s)/2:] },
	}
	for _, name := range []string{"paytm/createOrder/accepted", "enkash/createToken/accepted", "paytring/createOrder/accepted-with-message", "ipayments/initKyc/accepted"} {
		c := e.Fixtures.Case(name)
		for how, encoding := range encodings {
			var canaries []string
			s := conform.New(e, conform.Options{Client: printing{print: func(call protocol.Call) string {
				for _, value := range call.Credentials {
					canaries = append(canaries, value)
				}
				if call.Input != nil {
					for _, one := range call.Input.People() {
						canaries = append(canaries, one.Text)
					}
				}
				var b strings.Builder
				for _, one := range canaries {
					if len(one) > 7 {
						b.WriteString("said " + encoding(one) + " there\x1b[31m\n")
					}
				}
				return b.String()
			}}})
			r := s.Run(t.Context(), []*contract.Case{c}, contract.Error, "test", nil)
			if r.Results[0].Verdict != contract.Errored {
				t.Fatalf("%s: %+v", name, r.Results[0])
			}
			for _, f := range report.Runs() {
				var b bytes.Buffer
				if err := f.Write(&b, r, report.How{Verbose: true}); err != nil {
					t.Fatal(err)
				}
				text := strings.Join(strings.Fields(b.String()), " ")
				for _, one := range canaries {
					if len(one) > 7 && (strings.Contains(text, encoding(one)) || strings.Contains(strings.ReplaceAll(text, " ", ""), strings.ReplaceAll(one, " ", ""))) {
						t.Errorf("%s, %s: %q stands in the report (%s)", name, f.Name, one, how)
					}
				}
				shows := strings.Contains(text, "the client ended") || strings.Contains(text, "a line with a credential") || strings.Contains(text, "REDACTED")
				if strings.Contains(text, "\x1b") || !shows && f.Name == "text" {
					t.Errorf("%s, %s: %.300s", name, how, text)
				}
			}
		}
	}
}

// TestOutputCut shows the last lines of what a client printed.
func TestOutputCut(t *testing.T) {
	t.Parallel()
	e := enginetest.Load(t)
	s := conform.New(e, conform.Options{Client: printing{print: func(protocol.Call) string {
		return strings.Repeat("line\n", 1000) + strings.Repeat("long", 1000)
	}}})
	r := s.Result(t.Context(), e.Fixtures.Case("paytm/createOrder/least"))
	_, output, _ := strings.Cut(r.Why, "The client wrote to standard error:\n")
	if lines := strings.Split(output, "\n"); len(lines) != 21 || len(output) > 1000 || lines[20] != "End" || lines[0] != "…" {
		t.Errorf("%d lines: %s", len(lines), output)
	}
}

// TestRedactedEnvironment lets a client print credentials that its call does not have, in
// several encodings, and a private key of many lines. The other lines stay.
func TestRedactedEnvironment(t *testing.T) {
	t.Parallel()
	e := enginetest.Load(t)
	const secret, key = "kQ9zXw7LpR2vT5bN", "notAKeyButAsLongAsOne"
	pem := "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\n" + strings.Repeat(key+"\n", 30) + "-----END RSA PRIVATE KEY-----"
	for how, text := range map[string]string{
		"plain": "KEY=" + secret, "base64": base64.StdEncoding.EncodeToString([]byte("A=b\nKEY=" + secret + "\n")), "hex": hex.EncodeToString([]byte(secret)),
		"lines": secret[:8] + "\n" + secret[8:], "at the limit": strings.Repeat("a ", 146) + secret,
		"key": pem, "key without its end": pem[:400], "key without its beginning": pem[400:],
	} {
		s := conform.New(e, conform.Options{Secrets: []string{secret}, Client: printing{print: func(protocol.Call) string { return text }}})
		r := s.Run(t.Context(), []*contract.Case{e.Fixtures.Case("paytm/createOrder/accepted")}, contract.Error, "test", nil)
		for _, f := range report.Runs() {
			var b bytes.Buffer
			if err := f.Write(&b, r, report.How{Verbose: true}); err != nil {
				t.Fatal(err)
			}
			for _, one := range []string{secret, secret[:8], key, base64.StdEncoding.EncodeToString([]byte("KEY=" + secret))[4:16], hex.EncodeToString([]byte(secret))} {
				if strings.Contains(b.String(), one) {
					t.Errorf("%s, %s: %s stands in the report", how, f.Name, one)
				}
			}
		}
		if !strings.HasSuffix(r.Results[0].Why, "End") && how == "plain" {
			t.Errorf("%s: %s", how, r.Results[0].Why)
		}
	}
}
