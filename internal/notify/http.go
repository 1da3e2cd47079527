package notify

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"assay/internal/contract"
	"assay/internal/transport"
)

// poster posts JSON to one URL.
type poster struct {
	to      *url.URL
	over    http.RoundTripper
	timeout time.Duration
	now     func() time.Time
	// words are the texts of a response that may be shown. Any other could quote the request.
	words []string
}

func newPoster(c Config, o Options, f *faultList) *poster {
	t := &http.Transport{
		Proxy: http.ProxyFromEnvironment, ForceAttemptHTTP2: true, DisableKeepAlives: true,
		MaxResponseHeaderBytes: 64 << 10,
		TLSClientConfig:        &tls.Config{RootCAs: o.Authorities, MinVersion: tls.VersionTLS12},
	}
	return &poster{to: f.target(c), over: t, timeout: c.Timeout, now: o.now}
}

// post sends a body once. A redirect is not followed: it would carry the message, and what
// the URL holds, to another host.
func (p *poster) post(ctx context.Context, header http.Header, body []byte) error {
	ctx, cancel := context.WithTimeout(ctx, p.timeout)
	defer cancel()
	header.Set("Content-Type", "application/json")
	header.Set("User-Agent", "assay")
	req, err := transport.Thaw(ctx, contract.Request{Method: http.MethodPost, URL: p.to, Header: header, Body: body})
	if err != nil {
		return &Failure{Text: "the URL or a header is malformed"} // the error could quote them
	}
	if u := p.to.User; u != nil {
		password, _ := u.Password()
		req.SetBasicAuth(u.Username(), password)
	}
	resp, err := p.over.RoundTrip(req)
	if err != nil {
		return &Failure{Text: cause(transport.Explain(err))}
	}
	defer func() { _ = resp.Body.Close() }() // the status has said all
	if resp.StatusCode/100 == 2 {
		return nil
	}
	return p.refusal(resp)
}

// cause is the text of an explained error, without the name of a package.
func cause(err error) string {
	if c := new(transport.Cause); errors.As(err, &c) {
		return c.Text
	}
	return "the request failed"
}

// refusal says what a response without success means.
func (p *poster) refusal(resp *http.Response) *Failure {
	text := fmt.Sprintf("the receiver responded with HTTP status %d", resp.StatusCode)
	f := &Failure{Refused: resp.StatusCode/100 == 4}
	switch resp.StatusCode {
	case http.StatusRequestTimeout, http.StatusTooEarly:
		f.Refused = false
	case http.StatusTooManyRequests, http.StatusServiceUnavailable:
		f.Refused, f.After = false, retryAfter(resp.Header.Get("Retry-After"), p.now())
	}
	if resp.StatusCode/100 == 3 {
		f.Refused, text = true, text+"; redirects are not followed"
	}
	if word := p.word(resp.Body); word != "" {
		text += " (" + word + ")"
	}
	f.Text = text
	return f
}

// word reads the text of a response if it is one that may be shown.
func (p *poster) word(body io.Reader) string {
	if len(p.words) == 0 {
		return ""
	}
	raw, err := io.ReadAll(io.LimitReader(body, 100))
	if err != nil {
		return ""
	}
	text := strings.TrimSpace(string(raw))
	for _, known := range p.words {
		if text == known {
			return known
		}
	}
	return ""
}

// retryAfter reads a header Retry-After: seconds, or a time.
func retryAfter(text string, now time.Time) time.Duration {
	if seconds, err := strconv.Atoi(text); err == nil {
		return min(max(time.Duration(min(seconds, 1<<20))*time.Second, 0), maxAfter)
	}
	at, err := http.ParseTime(text)
	if err != nil {
		return 0
	}
	return min(max(at.Sub(now), 0), maxAfter)
}
