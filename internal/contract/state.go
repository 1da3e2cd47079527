package contract

// SignatureState is the state of the signature of a body. Expressions see its text.
type SignatureState string

// The states of a signature.
const (
	SignatureNone       SignatureState = "none"       // no document requires a signature
	SignatureValid      SignatureState = "valid"      // the signature is correct
	SignatureInvalid    SignatureState = "invalid"    // the signature is wrong, or none can be computed for the body
	SignatureMissing    SignatureState = "missing"    // there is no signature
	SignatureInstead    SignatureState = "instead"    // the member holds a text that the documents accept in place of a signature
	SignatureUnverified SignatureState = "unverified" // no key given
	SignatureExpired    SignatureState = "expired"    // the signature is correct, but it was made too long ago, or in the future
)

// AuthenticationState is the state of the authentication of a request. Expressions see
// its text.
type AuthenticationState string

// The states of an authentication.
const (
	AuthenticationNone       AuthenticationState = "none"       // no document requires authentication
	AuthenticationValid      AuthenticationState = "valid"      // the credentials are correct
	AuthenticationInvalid    AuthenticationState = "invalid"    // the credentials are wrong, or the request has several Authorization headers
	AuthenticationMissing    AuthenticationState = "missing"    // there are no credentials
	AuthenticationExpired    AuthenticationState = "expired"    // the credentials have expired
	AuthenticationUnverified AuthenticationState = "unverified" // no credentials given
)
