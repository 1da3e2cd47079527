package proxy

import (
	"errors"
	"fmt"
	"net/http"
)

// errUnjudged makes ReverseProxy drop a response that could not be judged.
var errUnjudged = errors.New("the response could not be judged")

// withholdsResponse reports whether the response has to be withheld, because it could
// not be judged. What no documentation covers always passes.
func (x *exchange) withholdsResponse() bool {
	switch x.observed.Skipped {
	case "", Undocumented, ClientGone:
		return false
	}
	return x.p.options.RefuseUnjudged
}

// unsentProblem is the response to a request that could not be judged and was not sent.
func unsentProblem(why Reason) problem {
	status := http.StatusServiceUnavailable
	switch why {
	case TooLarge, TooLargeDecoded:
		status = http.StatusRequestEntityTooLarge
	case RequestEncoding, ManyEncodings:
		status = http.StatusUnsupportedMediaType
	}
	return problem{
		Type: "urn:assay:request-unjudged", Title: "assay proxy could not check the request", Status: status,
		Detail: fmt.Sprintf("Nothing was sent to the provider: %s", why.Error()),
	}
}

// withheldProblem replaces a response that could not be judged.
func withheldProblem(provider string, why Reason) problem {
	return problem{
		Type: "urn:assay:response-unjudged", Title: "assay proxy could not check the response", Status: http.StatusBadGateway,
		Detail: fmt.Sprintf("The request WAS sent, and assay proxy withheld the response of %s: %s. The provider may have carried out the request: inquire about it, and do not send it again", provider, why.Error()),
	}
}

// stoppedProblem is the response to a request that arrives while the proxy stops.
func stoppedProblem() problem {
	return problem{
		Type: "urn:assay:stopped", Title: "assay proxy is shutting down", Status: http.StatusServiceUnavailable,
		Detail: "Nothing was sent to the provider",
	}
}
