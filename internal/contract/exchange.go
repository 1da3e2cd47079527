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
}

// Response is what came back.
type Response struct {
	Status   int
	Header   http.Header
	Body     []byte
	Duration time.Duration
	// Trace is told the pointer of every member that is asked for in what
	// ReadResponse makes of the body. nil: nobody listens.
	Trace func(pointer Pointer)
}

// Exchange is one request and its response. It is a value: nothing in it says
// whether it was replayed, recorded, read from a file or just sent, but Origin
// and Evidence, which no rule looks at to judge it.
type Exchange struct {
	Request  Request
	Response Response
	Origin   string   // "cassette:paytm/createOrder/least#1", "live", …
	Evidence Evidence // on what strength the response counts
}

// SandboxServer is the Server header by which a sandbox of ours makes itself
// known, RFC 9110 section 10.2.4.
const SandboxServer = "assay-sandbox"

// Evidence is where a response came from.
type Evidence string

// The strengths of evidence. Below Sandbox it proves the adapter, and that
// specification and documents agree; never the provider.
const (
	NoEvidence Evidence = ""
	Simulated  Evidence = "simulated"  // made from our own specification
	Documented Evidence = "documented" // printed by the provider's documentation
	Sandbox    Evidence = "sandbox"    // the provider's staging
	Production Evidence = "production"
)

// Evidences lists every strength, the weakest first.
func Evidences() []Evidence { return []Evidence{Simulated, Documented, Sandbox, Production} }

// Stronger gives the stronger of two.
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
