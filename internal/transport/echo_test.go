package transport_test

import (
	"bufio"
	"crypto/tls"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"assay/internal/transport"
)

// canary stands for the credentials that a peer repeats.
const canary = "Basic Y2FuYXJ5OmNhbmFyeQ=="

// responses are responses that net/http refuses. In each, the peer repeats the canary.
func responses() map[string]string {
	const ok = "HTTP/1.1 200 OK\r\n"
	return map[string]string{
		"a status line":          canary + " 200 OK\r\n\r\n",
		"a version":              "HTTP/" + canary + " 200 OK\r\n\r\n",
		"a status":               "HTTP/1.1 " + canary + "\r\n\r\n",
		"a header without colon": ok + canary + "\r\n\r\n",
		"a header with a space":  ok + "X Y: " + canary + "\r\n\r\n",
		"a name of a header":     ok + "(" + canary + "): 1\r\n\r\n",
		"a folded first header":  ok + " " + canary + "\r\n\r\n",
		"a control character":    ok + "X: \x00" + canary + "\r\n\r\n",
		"a length":               ok + "Content-Length: " + canary + "\r\n\r\n",
		"two lengths":            ok + "Content-Length: 1\r\nContent-Length: " + canary + "\r\n\r\n",
		"a transfer encoding":    ok + "Transfer-Encoding: " + canary + "\r\n\r\n",
		"the size of a chunk":    ok + "Transfer-Encoding: chunked\r\n\r\n" + canary + "\r\nabc",
		"after a chunk":          ok + "Transfer-Encoding: chunked\r\n\r\n1\r\na" + canary + "\r\n0\r\n\r\n",
		"a trailer":              ok + "Transfer-Encoding: chunked\r\nTrailer: X\r\n\r\n0\r\n" + canary + "\r\n\r\n",
		"the name of a trailer":  ok + "Transfer-Encoding: chunked\r\nTrailer: " + canary + "\r\n\r\n0\r\n\r\n",
		"a trailer not allowed":  ok + "Transfer-Encoding: chunked\r\nTrailer: Content-Length, " + canary + "\r\n\r\n0\r\n\r\n",
		"a half of a body":       ok + "Content-Length: 1000\r\n\r\n" + canary,
		"too many informational": strings.Repeat("HTTP/1.1 103 "+canary+"\r\n\r\n", 20),
		"a protocol to switch":   "HTTP/1.1 101 " + canary + "\r\nUpgrade: " + canary + "\r\n\r\n",
		"a large header":         ok + "X: " + strings.Repeat(canary, 60000) + "\r\n\r\n",
	}
}

// TestEcho has a peer repeat credentials in malformed responses: no error quotes it.
func TestEcho(t *testing.T) {
	t.Parallel()
	for name, response := range responses() {
		base := peer(t, nil, func(c net.Conn) {
			if _, err := http.ReadRequest(bufio.NewReader(c)); err == nil {
				_, _ = io.WriteString(c, response) // the client may have gone
			}
		})
		refuses(t, "HTTP/1.1, "+name, &http.Transport{}, "http://"+base)
	}
}

// frame is a frame of HTTP/2, RFC 9113 section 4.1.
func frame(kind, flags byte, stream uint32, payload string) string {
	head := make([]byte, 9)
	binary.BigEndian.PutUint32(head, uint32(len(payload))<<8)
	head[3], head[4] = kind, flags
	binary.BigEndian.PutUint32(head[5:], stream)
	return string(head) + payload
}

// field is a header field without an index, RFC 7541 section 6.2.2.
func field(name, value string) string {
	return "\x00" + string(rune(len(name))) + name + string(rune(len(value))) + value
}

// frames are responses that HTTP/2 refuses. In each, the peer repeats the canary.
func frames() map[string]string {
	const headers, data, reset, settings, goaway, ping, whole = 1, 0, 3, 4, 7, 6, 4
	fine := frame(headers, whole, 1, field(":status", "200"))
	return map[string]string{
		"GOAWAY":                     frame(goaway, 0, 0, "\x00\x00\x00\x01\x00\x00\x00\x00"+canary) + "",
		"GOAWAY with an error":       frame(goaway, 0, 0, "\x00\x00\x00\x00\x00\x00\x00\x0b"+canary),
		"a name in upper case":       frame(headers, whole, 1, field(":status", "200")+field("X-"+canary, "1")),
		"a control character":        frame(headers, whole, 1, field(":status", "200")+field("x", "\x00"+canary)),
		"a status":                   frame(headers, whole, 1, field(":status", canary)),
		"a pseudo-header":            frame(headers, whole, 1, field(":status", "200")+field(":"+canary, "1")),
		"a pseudo-header at the end": frame(headers, whole, 1, field("a", canary)+field(":status", "200")),
		"a length":                   frame(headers, whole, 1, field(":status", "200")+field("content-length", canary)) + frame(data, 1, 1, "{}"),
		"headers that are none":      frame(headers, whole, 1, "\xff\xff\xff"+canary),
		"a trailer":                  fine + frame(headers, whole|1, 1, field(":"+canary, "1")),
		"a trailer in between":       fine + frame(headers, whole, 1, field("x", canary)),
		"RST_STREAM":                 fine + frame(reset, 0, 1, "\x00\x00\x00\x02"),
		"data of another stream":     frame(data, 0, 7, canary),
		"a frame of a wrong length":  frame(ping, 0, 0, canary),
		"settings":                   frame(settings, 0, 0, canary),
		"no HTTP/2":                  "HTTP/1.1 400 " + canary + "\r\n\r\n",
	}
}

// TestEchoFrames is TestEcho for HTTP/2.
func TestEchoFrames(t *testing.T) {
	t.Parallel()
	certified := httptest.NewTLSServer(nil) // only for its certificate
	defer certified.Close()
	for name, response := range frames() {
		base := peer(t, &tls.Config{Certificates: certified.TLS.Certificates, NextProtos: []string{"h2"}, MinVersion: tls.VersionTLS12}, func(c net.Conn) {
			preface := make([]byte, 24)
			if _, err := io.ReadFull(c, preface); err != nil {
				return
			}
			_, _ = io.WriteString(c, frame(4, 0, 0, "")) // the client may have gone
			if !readHeaders(c) {
				return
			}
			_, _ = io.WriteString(c, response)
			if half, ok := c.(*tls.Conn); ok {
				_ = half.CloseWrite()
			}
			_, _ = io.Copy(io.Discard, c) // until the client closes the connection
		})
		over, _ := certified.Client().Transport.(*http.Transport)
		over = over.Clone()
		over.ForceAttemptHTTP2 = true
		refuses(t, "HTTP/2, "+name, over, "https://"+base)
	}
}

// readHeaders reads HTTP/2 frames up to the first HEADERS frame: the request is sent.
func readHeaders(c net.Conn) bool {
	const frameHeaders = 1
	head := make([]byte, 9)
	for {
		if _, err := io.ReadFull(c, head); err != nil {
			return false
		}
		length := int64(head[0])<<16 | int64(head[1])<<8 | int64(head[2])
		if _, err := io.CopyN(io.Discard, c, length); err != nil {
			return false
		}
		if head[3] == frameHeaders {
			return true
		}
	}
}

// peer serves one connection and returns its address.
func peer(t *testing.T, secure *tls.Config, serve func(net.Conn)) string {
	t.Helper()
	var lc net.ListenConfig
	l, err := lc.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		c, err := l.Accept()
		if err != nil {
			return
		}
		defer func() { _ = c.Close() }()
		if secure != nil {
			c = tls.Server(c, secure)
		}
		serve(c)
	}()
	return l.Addr().String()
}

// refuses sends a request and expects an error without the canary.
func refuses(t *testing.T, name string, over *http.Transport, base string) {
	t.Helper()
	defer over.CloseIdleConnections()
	r := request(t, base, "{}")
	r.Header = http.Header{"Authorization": {canary}}
	_, err := transport.Send(t.Context(), over, r)
	var cause *transport.Cause
	switch {
	case err == nil:
		t.Logf("%s: net/http accepts it", name)
	case quotes(err):
		t.Errorf("%s: the error quotes the peer: %v", name, err)
	case !errors.As(err, &cause):
		t.Errorf("%s: %v is no cause", name, err)
	default:
		t.Logf("%s: %v", name, err)
	}
}

// quotes reports whether an error, or one that it wraps, has a part of the canary.
func quotes(err error) bool {
	for ; err != nil; err = errors.Unwrap(err) {
		if strings.Contains(err.Error(), "Y2Fu") || strings.Contains(err.Error(), "canary") {
			return true
		}
	}
	return false
}
