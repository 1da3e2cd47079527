package outage

import (
	"io"
	"net"

	"golang.org/x/net/http2"
)

// loss is what a server does instead of a response.
type loss struct {
	fault Fault
	early bool // before it reads the body
	cut   bool // after the header of a response
	http1 func(net.Conn)
	http2 func(f *http2.Framer, stream uint32) error
}

// lossOf returns what a server does for a fault.
func lossOf(f Fault) loss {
	known := append([]loss{
		{fault: Close, http1: func(net.Conn) {}},
		{fault: Drop, http2: func(*http2.Framer, uint32) error { return io.EOF }},
		{fault: GoAway, http2: goAway(http2.ErrCodeNo)},
		{fault: Refuse, http2: reset(http2.ErrCodeRefusedStream)},
		{fault: Reset, http2: reset(http2.ErrCodeProtocol)},
	}, losses()...)
	for _, l := range known {
		if l.fault == f {
			return l
		}
	}
	return loss{fault: f, http1: func(net.Conn) {}}
}

// losses lists the faults that have no name of their own.
func losses() []loss {
	all := []loss{
		{fault: "HTTP/1.1, the connection closes before the body", early: true, http1: func(net.Conn) {}},
		{fault: "HTTP/1.1, the connection is reset", http1: abort},
		{fault: "HTTP/1.1, half a status line", http1: write("HTTP/1.1 20")},
		{fault: "HTTP/1.1, half a header", http1: write("HTTP/1.1 200 OK\r\nContent-Ty")},
		{fault: "HTTP/1.1, an interim response only", http1: write("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\n\r\n")},
		{fault: "HTTP/1.1, no HTTP", http1: write("\x00\x01 none\r\n\r\n")},
		{fault: "HTTP/1.1, half a body", cut: true, http1: write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{")},
		{fault: "HTTP/1.1, half a chunk", cut: true, http1: write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n64\r\n{")},
		{fault: "HTTP/2, GOAWAY before the body", early: true, http2: goAway(http2.ErrCodeNo)},
		{fault: "HTTP/2, REFUSED_STREAM before the body", early: true, http2: reset(http2.ErrCodeRefusedStream)},
		{fault: "HTTP/2, GOAWAY, ENHANCE_YOUR_CALM", http2: goAway(http2.ErrCodeEnhanceYourCalm)},
		{fault: "HTTP/2, GOAWAY after the stream, and the end", http2: func(f *http2.Framer, stream uint32) error {
			_ = f.WriteGoAway(stream, http2.ErrCodeNo, nil) // the connection ends anyway
			return io.EOF
		}},
		{fault: "HTTP/2, a header without end", cut: true, http2: func(f *http2.Framer, stream uint32) error {
			if err := header(f, stream); err != nil {
				return err
			}
			return f.WriteRSTStream(stream, http2.ErrCodeRefusedStream)
		}},
	}
	for _, code := range []http2.ErrCode{
		http2.ErrCodeNo, http2.ErrCodeInternal, http2.ErrCodeCancel, http2.ErrCodeEnhanceYourCalm, http2.ErrCodeHTTP11Required,
		http2.ErrCodeFlowControl, http2.ErrCodeStreamClosed, http2.ErrCodeInadequateSecurity,
	} {
		all = append(all, loss{fault: Fault("HTTP/2, RST_STREAM, " + code.String()), http2: reset(code)})
	}
	return all
}

// write writes text, after which the connection closes.
func write(text string) func(net.Conn) {
	return func(c net.Conn) { _, _ = io.WriteString(c, text) } // a client that is gone is no fault
}

// abort closes a connection so that the client gets a reset.
func abort(c net.Conn) {
	if tcp, ok := c.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0) // else it closes
	}
}

// goAway ends the connection, and says that no stream was processed.
func goAway(code http2.ErrCode) func(*http2.Framer, uint32) error {
	return func(f *http2.Framer, _ uint32) error { return f.WriteGoAway(0, code, nil) }
}

func reset(code http2.ErrCode) func(*http2.Framer, uint32) error {
	return func(f *http2.Framer, stream uint32) error { return f.WriteRSTStream(stream, code) }
}
