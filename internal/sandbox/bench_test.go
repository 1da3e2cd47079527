package sandbox_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"assay/cassettes"
	"assay/internal/cassette"
	"assay/internal/contract"
	"assay/internal/openapi"
	"assay/internal/sandbox"
	"assay/internal/signature"
	"assay/specs"
)

// BenchmarkOrder measures what the sandbox does for one request that is accepted,
// without net/http: each has a reference of its own, and is signed where the provider
// signs. What is responded is looked at before the measurement.
func BenchmarkOrder(b *testing.B) {
	loaded, err := openapi.LoadAll(specs.Files)
	if err != nil {
		b.Fatal(err)
	}
	shelf, err := cassette.Open(cassettes.Files)
	if err != nil {
		b.Fatal(err)
	}
	for _, s := range loaded {
		for _, o := range s.Operations {
			if o.Authorization != nil && o.Authorization.IssuedBy != "" {
				continue // needs a token
			}
			tape, err := shelf.Load(o.Name() + "/accepted")
			if err != nil {
				b.Fatal(err)
			}
			all := fresh(s, o, tape.Exchanges()[0].Request, 5000)
			b.Run(o.Name(), func(b *testing.B) {
				b.ReportAllocs()
				accepted(b, loaded, o, all[0])
				var box *sandbox.Sandbox
				w := &discarded{header: http.Header{}}
				for n := 0; b.Loop(); n++ {
					if n%len(all) == 0 {
						b.StopTimer()
						if box, err = sandbox.New(loaded, sandbox.Options{}); err != nil {
							b.Fatal(err)
						}
						b.StartTimer()
					}
					clear(w.header)
					box.ServeHTTP(w, all[n%len(all)].request())
				}
			})
		}
	}
}

// order is a request to be sent more than once.
type order struct {
	http.Request
	reader reader
	body   []byte
}

type reader struct{ bytes.Reader }

func (*reader) Close() error { return nil }

func (o *order) request() *http.Request {
	o.reader.Reset(o.body)
	o.Body = &o.reader
	return &o.Request
}

// fresh makes many orders of one, each with a reference of its own.
func fresh(s *openapi.Spec, o *openapi.Operation, r contract.Request, n int) []order {
	pointer := contract.Pointer("")
	for _, m := range o.Request.Members() {
		if m.Means == "reference" {
			pointer = m.Pointer
		}
	}
	raw, _ := contract.Raw(r.Body, pointer)
	old := strings.Trim(string(raw), `"`)
	all := make([]order, n)
	for i := range all {
		body, query := r.Body, r.URL.RawQuery
		if pointer != "" {
			reference := fmt.Sprintf("R%06d", i)
			body = contract.Replace(body, pointer, []byte(`"`+reference+`"`))
			query = strings.Replace(query, old, reference, 1)
		}
		body = signature.Sign(o.Sign.Request, body, s.TestCredentials(), signature.Zeros{})
		u := &url.URL{Path: "/" + s.Provider + o.Path, RawQuery: query}
		all[i] = order{Request: http.Request{Method: r.Method, URL: u, Header: r.Header}, body: body}
	}
	return all
}

// accepted fails where an order is not.
func accepted(b *testing.B, loaded []*openapi.Spec, o *openapi.Operation, asked order) {
	b.Helper()
	box, err := sandbox.New(loaded, sandbox.Options{})
	if err != nil {
		b.Fatal(err)
	}
	w := httptest.NewRecorder()
	box.ServeHTTP(w, asked.request())
	response := contract.Response{Status: w.Code, Body: w.Body.Bytes()}
	if met, ok := o.ResultCode(response); !ok || met.Row == nil || met.Row.State != contract.Succeeded {
		b.Fatalf("%s: %d %s", o.Name(), w.Code, w.Body)
	}
}

// discarded is a response that is thrown away.
type discarded struct{ header http.Header }

func (d *discarded) Header() http.Header         { return d.header }
func (d *discarded) Write(p []byte) (int, error) { return io.Discard.Write(p) }
func (d *discarded) WriteHeader(int)             {}
