package contract

import "encoding/json"

// StatedRequest is a request as a case states it. The specification has the rest: method,
// path, credentials, signature and media type.
type StatedRequest struct {
	Path    map[string]StatedText   // the parameters of the path
	Query   map[string][]StatedText // several values: the parameter is sent several times
	Headers map[string][]StatedText
	Body    json.RawMessage // JSON; empty: the request has no body
	// Later are the members of Body whose values come from the exchange before this one.
	Later map[Pointer]Place
}

// StatedText is the text of a parameter.
type StatedText struct {
	Text string
	// After is the place in the exchange before this one that has the text; "": Text is it.
	After Place
}
