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

// corpus is the folder of the seeds of `go test -fuzz`.
var corpus = filepath.Join("testdata", "fuzz", "FuzzRead")

// FuzzRead reads any text as the response of every operation, unchanged and signed. No
// adapter panics, an outcome is that of a documented code, and a success is complete.
func FuzzRead(f *testing.F) {
	loaded := all(f)
	adapters := map[string]*contract.Adapter{}
	for _, s := range loaded {
		adapters[s.Provider] = adapter.New(s, setup(s))
	}
	f.Fuzz(func(t *testing.T, status int, body []byte) {
		for _, s := range loaded {
			for _, o := range s.Operations {
				for _, response := range sealed(s, o, status, body) {
					got := adapters[s.Provider].Operation(o.ID).Read(contract.Exchange{Response: response})
					if wrong := honest(s, o, response, got); wrong != "" {
						t.Fatalf("%s: %s", o.Name(), wrong)
					}
				}
			}
		}
	})
}

// sealed returns a response, and the same with a valid signature if responses are signed:
// random input never has one.
func sealed(s *openapi.Spec, o *openapi.Operation, status int, body []byte) []contract.Response {
	responses := []contract.Response{{Status: status, Header: http.Header{}, Body: body}}
	if o.Sign.Response != nil {
		again := signature.Sign(o.Sign.Response, body, s.TestCredentials(), signature.Zeros{})
		responses = append(responses, contract.Response{Status: status, Header: http.Header{}, Body: again})
	}
	return responses
}

// seeds returns the seeds of fuzzing: the response of every code, and one damage of each
// kind to the first success of each operation.
func seeds(t testing.TB) map[string]contract.Response {
	t.Helper()
	every := map[string]contract.Response{}
	damaged := map[string]bool{}
	for _, w := range wholes(t) {
		name := strings.ReplaceAll(w.name(), "/", "-")
		every[name] = w.response
		if w.row.State != contract.Succeeded || damaged[w.op.Name()] {
			continue
		}
		damaged[w.op.Name()] = true
		code, inBody := codeAt(w)
		if !inBody && len(w.op.Result.Status) > 0 {
			code = w.op.Result.Status[0]
		} else if !inBody {
			continue // the code is the HTTP status, and no member decides
		}
		raw, _ := contract.Raw(w.response.Body, code)
		for how, body := range map[string][]byte{
			"cut":    w.response.Body[:len(w.response.Body)-1],
			"half":   w.response.Body[:len(w.response.Body)/2],
			"twice":  w.spliced(code.Parent(), fmt.Sprintf("%q:%s", code.LastToken(), raw)),
			"huge":   contract.Replace(w.response.Body, code, []byte("1e999")),
			"null":   contract.Replace(w.response.Body, code, []byte("null")),
			"nested": contract.Replace(w.response.Body, code, []byte(strings.Repeat("[", 40)+strings.Repeat("]", 40))),
			"stray":  contract.Replace(w.response.Body, code, []byte("\"\xff\"")),
			"mark":   append([]byte("\ufeff"), w.response.Body...),
			"page":   []byte("<html>" + string(w.response.Body) + "</html>"),
			"empty":  {},
		} {
			every[name+"-"+how] = w.with(body)
		}
		late := w.response
		late.Status = http.StatusGatewayTimeout
		every[name+"-status"] = late
	}
	return every
}

// TestCorpus compares the committed seeds with the documents; `make golden` writes them.
// Inputs that fuzzing found are kept under their names.
func TestCorpus(t *testing.T) {
	t.Parallel()
	for name, response := range seeds(t) {
		file := filepath.Join(corpus, name)
		want := fmt.Sprintf("go test fuzz v1\nint(%d)\n[]byte(%q)\n", response.Status, response.Body)
		golden.Compare(t, file, []byte(want))
	}
}
