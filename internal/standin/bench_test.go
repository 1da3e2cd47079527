package standin_test

import (
	"context"
	"net/http"
	"testing"

	"assay/internal/contract"
	"assay/internal/standin"
)

// BenchmarkServer starts a server for one call of a client of net/http.
func BenchmarkServer(b *testing.B) {
	for b.Loop() {
		s, err := standin.Start(standin.Options{Respond: func(context.Context, contract.Request) contract.Response { return response }})
		if err != nil {
			b.Fatal(err)
		}
		r, err := http.NewRequestWithContext(b.Context(), http.MethodPost, s.URL, http.NoBody)
		if err != nil {
			b.Fatal(err)
		}
		resp, err := (&http.Transport{DisableKeepAlives: true}).RoundTrip(r)
		if err != nil {
			b.Fatal(err)
		}
		_ = resp.Body.Close()
		s.Close()
	}
}
