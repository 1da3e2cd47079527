package contract

// SignatureState is how a body is signed. Expressions see its text.
type SignatureState string

// The states of a signature.
const (
	SignatureNone       SignatureState = "none"       // no document asks for one
	SignatureValid      SignatureState = "valid"      // it is the right one
	SignatureInvalid    SignatureState = "invalid"    // it is another one, or no signature can be
	SignatureMissing    SignatureState = "missing"    // there is none
	SignatureInstead    SignatureState = "instead"    // a text stands there that is accepted in its place
	SignatureUnverified SignatureState = "unverified" // nobody gave the key
)

// AuthenticationState is how a request says who sends it. Expressions see its text.
type AuthenticationState string

// The states of an authentication.
const (
	AuthenticationNone       AuthenticationState = "none"       // no document asks for one
	AuthenticationValid      AuthenticationState = "valid"      // it is the right one
	AuthenticationInvalid    AuthenticationState = "invalid"    // it is another one, or none can be
	AuthenticationMissing    AuthenticationState = "missing"    // there is none
	AuthenticationExpired    AuthenticationState = "expired"    // it was the right one
	AuthenticationUnverified AuthenticationState = "unverified" // nobody gave the credentials
)
