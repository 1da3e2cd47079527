package contract

import (
	"net/http"
	"net/url"
	"time"
)

// Request is a request as bytes and headers.
type Request struct {
	Method string
	URL    *url.URL
	Header http.Header
	Body   []byte
	// Sent is the body as it was sent, if Body was converted to JSON from a form or from
	// text; else nil.
	Sent []byte
}

// Bytes returns the body as it was sent.
func (r *Request) Bytes() []byte {
	if r.Sent != nil {
		return r.Sent
	}
	return r.Body
}

// Response is a response as bytes and headers.
type Response struct {
	Status   int
	Header   http.Header
	Body     []byte
	Duration time.Duration
	Sent     []byte // as Request.Sent
	// Trace is called with the pointer of each member that is read through
	// ReadResponse; nil: no tracing.
	Trace func(pointer Pointer)
}

// Bytes returns the body as it was sent.
func (r *Response) Bytes() []byte {
	if r.Sent != nil {
		return r.Sent
	}
	return r.Body
}

// Exchange is a request and its response. Only Origin and Evidence say whether it was
// replayed, recorded, read from a file or just sent. Rules do not use them to judge.
// The evidence of a cassette decides only the side of a finding: no provider sent a
// simulated response.
// Recorder and Omitted say what a recording lacks.
type Exchange struct {
	Request  Request
	Response Response
	Origin   string   // "cassette:paytm/createOrder/least#1", "live", …
	Evidence Evidence // where the response came from
	// Recorder is the program that recorded the exchange; nil: it does not come from a
	// recording of other programs.
	Recorder *Recorder
	// Omitted are the parts that the recorder left out or cut: headers and whole bodies.
	Omitted []Place
	// Started is when the request was sent, by the recording or the proxy; zero: not known.
	Started time.Time
	Test    *Test // what the test that sent the request says about it; nil: nothing
}

// SandboxServer is the Server header (RFC 9110 section 10.2.4) of assay's own sandbox.
// It lets run --live --base play the cases that need the header Prefer.
const SandboxServer = "assay-sandbox"

// Evidence is where a response came from.
type Evidence string

// The kinds of evidence, weakest first. Below Sandbox, evidence proves the adapter, and
// that specification and documents agree; it proves nothing about the provider.
const (
	NoEvidence Evidence = ""
	Simulated  Evidence = "simulated"  // generated from our specification
	Documented Evidence = "documented" // printed in the provider's documentation
	Sandbox    Evidence = "sandbox"    // the provider's staging environment
	Production Evidence = "production"
)

// Evidences lists the kinds of evidence, weakest first.
func Evidences() []Evidence { return []Evidence{Simulated, Documented, Sandbox, Production} }

// Stronger returns the stronger of two.
func (e Evidence) Stronger(other Evidence) Evidence {
	if other.rank() > e.rank() {
		return other
	}
	return e
}

func (e Evidence) rank() int {
	for i, known := range Evidences() {
		if e == known {
			return i + 1
		}
	}
	return 0
}

// Recorder is the program that recorded an exchange, as far as it matters for judging:
// neither side is wrong about what it leaves out. All exchanges of a recorder share one value.
type Recorder struct {
	Name string // for people; "another program" if it is not known
	// Header, Body and Value say why a part was not checked, and what to record instead: a
	// header that the recorder leaves out, a body that it left out or cut, and a value that
	// was replaced.
	Header, Body, Value *Template
}
