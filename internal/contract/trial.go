package contract

// Failure is what goes wrong between a client under test and a provider, in place of a
// response.
type Failure string

// The failures. RFC 9110 sections 9.2.2 and 15.4 to 15.6 are about repeated requests,
// redirects and errors of servers; RFC 9325 is about TLS.
const (
	NoFailure        Failure = ""               // the response of the case comes
	TimeOut          Failure = "time-out"       // the request is read, and no response comes
	ResetBefore      Failure = "reset-before"   // the connection is reset before the request is read
	ResetAfter       Failure = "reset-after"    // the connection is reset after the request was read
	CutResponse      Failure = "truncated"      // the connection closes in the middle of the response
	Status500        Failure = "status-500"     // HTTP 500 without a documented body
	Status502        Failure = "status-502"     // HTTP 502, a gateway's page
	Status503        Failure = "status-503"     // HTTP 503
	Status429        Failure = "status-429"     // HTTP 429 with Retry-After
	Endless          Failure = "endless"        // a response that never ends
	Redirect301      Failure = "redirect-301"   // a redirect to another host
	Redirect302      Failure = "redirect-302"   // the same
	Redirect307      Failure = "redirect-307"   // the same; the method and the body stay
	Redirect308      Failure = "redirect-308"   // the same; the method and the body stay
	OtherName        Failure = "tls-other-name" // a certificate for another host
	UnknownAuthority Failure = "tls-unknown"    // a certificate of an authority that the client does not trust
	RightCertificate Failure = "tls-right"      // no failure: TLS with a certificate of the authority that the client is to trust
)

// Trial is what a client under test did in one call.
type Trial struct {
	Failure   Failure
	Requests  []Request // what arrived at the address of the provider, in order
	Elsewhere []Request // what arrived at the host of a redirect
	Outcome   Outcome   // unknown if the client gave none
	// Errored: the client said that it could not complete the call.
	Errored bool
	// Refused: the client said that it would not send this. Whether it did, Requests show.
	Refused bool
	// Hung: the client gave no reply in time.
	Hung bool
	// NoReply: the client gave no reply for another reason, or none that can be read.
	NoReply bool
}
