package proxy

import (
	"io"
	"net/http"
)

// removeFindings removes Assay-Findings from a provider's response, its header and its
// trailer. Only the proxy itself may say what it found.
func removeFindings(resp *http.Response) {
	resp.Header.Del(FindingsHeader)
	delete(resp.Trailer, FindingsHeader)
	if resp.Body != nil && resp.Body != http.NoBody && resp.StatusCode != http.StatusSwitchingProtocols {
		resp.Body = &trailerFilter{resp.Body, resp}
	}
}

// trailerFilter is a body whose end brings a trailer without Assay-Findings. net/http
// only knows the trailer at the end of the body.
type trailerFilter struct {
	io.ReadCloser
	resp *http.Response
}

func (b *trailerFilter) Read(raw []byte) (int, error) {
	n, err := b.ReadCloser.Read(raw)
	if err != nil {
		delete(b.resp.Trailer, FindingsHeader)
	}
	return n, err
}

// informationalFilter removes Assay-Findings from informational (1xx) responses.
type informationalFilter struct{ http.ResponseWriter }

func (w informationalFilter) WriteHeader(status int) {
	if status < http.StatusOK {
		w.Header().Del(FindingsHeader)
	}
	w.ResponseWriter.WriteHeader(status)
}

// Unwrap lets http.ResponseController reach the server's writer.
func (w informationalFilter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
