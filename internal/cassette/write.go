package cassette

import (
	"bytes"
	"fmt"
	"net/http"

	vcr "github.com/dnaeon/go-vcr/v2/cassette"
	"go.yaml.in/yaml/v3"

	"assay/internal/contract"
)

// Marshal returns exchanges as a cassette file in format 1 of go-vcr.
func Marshal(exchanges []contract.Exchange) ([]byte, error) {
	c := vcr.New("")
	for _, ex := range exchanges {
		c.AddInteraction(&vcr.Interaction{
			Request: vcr.Request{
				Method: ex.Request.Method, URL: ex.Request.URL.String(), Headers: ex.Request.Header.Clone(), Body: string(ex.Request.Body),
			},
			Response: vcr.Response{
				Code: ex.Response.Status, Status: fmt.Sprintf("%d %s", ex.Response.Status, http.StatusText(ex.Response.Status)),
				Headers: ex.Response.Header.Clone(), Body: string(ex.Response.Body), Duration: ex.Response.Duration,
			},
		})
	}
	return document(c)
}

// MarshalManifest returns the manifest of a library.
func MarshalManifest(entries map[string]Entry) ([]byte, error) { return document(entries) }

func document(v any) ([]byte, error) {
	var b bytes.Buffer
	b.WriteString("---\n")
	e := yaml.NewEncoder(&b)
	e.SetIndent(2)
	if err := e.Encode(v); err != nil {
		return nil, fmt.Errorf("cassette: %w", err)
	}
	if err := e.Close(); err != nil {
		return nil, fmt.Errorf("cassette: %w", err)
	}
	return b.Bytes(), nil
}
