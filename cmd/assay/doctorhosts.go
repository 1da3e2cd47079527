package main

import (
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"assay/internal/catalog"
	"assay/internal/transport"
)

// The limits of doctor. Providers sign times, and many refuse one that is minutes off.
const (
	hostTimeout  = 10 * time.Second
	clockWarning = 30 * time.Second
	clockFailure = 5 * time.Minute
)

func hostTransport() http.RoundTripper {
	return &http.Transport{Proxy: http.ProxyFromEnvironment, ForceAttemptHTTP2: true, TLSHandshakeTimeout: hostTimeout, DisableKeepAlives: true}
}

// host sends one OPTIONS request without credentials, which changes nothing at a provider
// (RFC 9110, section 9.3.7). Any response shows that the host is reachable.
func (d *doctor) host(ctx context.Context, provider, base string) {
	shown := masked(base)
	u, err := url.Parse(base)
	if err != nil || u.Host == "" || u.Scheme != "https" && (u.Scheme != "http" || !catalog.Loopback(u)) {
		d.fail(exitUsage, "host", provider, shown+": expected https://HOST; http is for loopback only", "correct it under hosts in assay.yaml, or --base")
		return
	}
	ctx, cancel := context.WithTimeout(ctx, hostTimeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodOptions, u.String(), nil)
	if err != nil {
		d.fail(exitUsage, "host", provider, shown+": is no URL", "correct it under hosts in assay.yaml, or --base")
		return
	}
	before := time.Now()
	response, err := d.over.RoundTrip(request)
	if err != nil {
		d.fail(exitInconclusive, "host", provider, shown+": "+transport.Explain(err).Error(), "check the network, the proxy and the address; the provider may be down")
		return
	}
	took := time.Since(before)
	_, _ = io.CopyN(io.Discard, response.Body, 64<<10) // only the header counts
	_ = response.Body.Close()
	d.ok("host", provider, fmt.Sprintf("%s responded with status %d", shown, response.StatusCode))
	d.clock(provider, response.Header.Get("Date"), took)
	d.certificates(provider, response.TLS)
}

// clock compares the clock of this machine with the Date of a response, which has whole
// seconds and was written while the request was under way.
func (d *doctor) clock(provider, date string, took time.Duration) {
	theirs, err := http.ParseTime(date)
	if err != nil {
		d.skip("clock", provider, "the response has no usable Date", "compare the clock with a time server")
		return
	}
	off := max(0, d.now.Sub(theirs).Abs()-took-time.Second).Round(time.Second)
	text := fmt.Sprintf("differs from the host's by %s", off)
	const remedy = "set the clock of this machine by a time server: signed times that are off are refused"
	switch {
	case off >= clockFailure:
		d.fail(exitFindings, "clock", provider, text, remedy)
	case off >= clockWarning:
		d.warn("clock", provider, text, remedy)
	default:
		d.ok("clock", provider, text+" or less")
	}
}

// certificates says how long the chain that was verified is valid.
func (d *doctor) certificates(provider string, state *tls.ConnectionState) {
	if state == nil || len(state.PeerCertificates) == 0 {
		d.skip("certificates", provider, "the connection has no TLS", "only a host on this machine may have none")
		return
	}
	chain := state.PeerCertificates
	if len(state.VerifiedChains) > 0 {
		chain = state.VerifiedChains[0]
	}
	first := chain[0]
	for _, c := range chain {
		if c.NotAfter.Before(first.NotAfter) {
			first = c
		}
	}
	left := first.NotAfter.Sub(d.now)
	text := fmt.Sprintf("a chain of %d; the first to expire, %s, does so in %d days, on %s", len(chain), first.Subject.CommonName, int(left.Hours()/24), first.NotAfter.UTC().Format(time.DateOnly))
	switch {
	case left <= 0:
		d.fail(exitFindings, "certificates", provider, text, "check the clock; otherwise tell the provider")
	case left < soon:
		d.warn("certificates", provider, text, "tell the provider: its clients will refuse the connection")
	default:
		d.ok("certificates", provider, text)
	}
}
