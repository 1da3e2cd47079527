package contract

import (
	"fmt"
	"strconv"
	"strings"
)

// Place is a location in an exchange. Its text is what people write and reports show:
//
//	request#/body/orderId          in a body: a JSON pointer; request# is the whole body
//	request.query.mid              a parameter: in query, path or header
//	response.header.content-type   a header; its name is in lower case
//	request.method  request.path  response.status  response
//
// Some findings and changes are not about a single exchange: OutsidePlace and Place.Of
// make their places. Make and take apart places with the functions and methods here; no
// other package parses the text.
type Place string

// Direction is the request or the response of an exchange.
type Direction string

// The directions.
const (
	InRequest  Direction = "request"
	InResponse Direction = "response"
)

// Directions lists the directions.
func Directions() []Direction { return []Direction{InRequest, InResponse} }

// The places that every exchange has.
const (
	RequestMethod        Place = "request.method"
	RequestPath          Place = "request.path"
	RequestType          Place = "request.header.content-type"
	RequestAuthorization Place = "request.header.authorization"
	RequestRoot          Place = "request#" // the whole body
	ResponseStatus       Place = "response.status"
	ResponseType         Place = "response.header.content-type"
	ResponseRoot         Place = "response#"
	WholeResponse        Place = "response" // including what has no part of its own, such as the duration
)

// The kinds of parameters and headers.
const (
	inQuery  = "query"
	inHeader = "header"
	inPath   = "path"
)

// Body returns the place of a JSON pointer in the body; "" means the whole body.
func (d Direction) Body(pointer Pointer) Place { return Place(string(d) + "#" + string(pointer)) }

// Header returns the place of a header.
func (d Direction) Header(name string) Place {
	return Place(string(d) + "." + inHeader + "." + strings.ToLower(name))
}

// RequestBody returns the place of a JSON pointer in the request body.
func RequestBody(pointer Pointer) Place { return InRequest.Body(pointer) }

// ResponseBody returns the place of a JSON pointer in the response body.
func ResponseBody(pointer Pointer) Place { return InResponse.Body(pointer) }

// RequestHeader returns the place of a request header.
func RequestHeader(name string) Place { return InRequest.Header(name) }

// ResponseHeader returns the place of a response header.
func ResponseHeader(name string) Place { return InResponse.Header(name) }

// Query returns the place of a query parameter; "" means the whole query.
func Query(name string) Place { return Parameter(inQuery, name) }

// PathParameter returns the place of a parameter in the path.
func PathParameter(name string) Place { return Parameter(inPath, name) }

// Parameter returns the place of a parameter. in is query, header or path, as in
// OpenAPI.
func Parameter(in, name string) Place {
	if in == inHeader {
		return RequestHeader(name)
	}
	return Place(string(InRequest) + "." + in + "." + name)
}

// OutsidePlace returns a place outside of exchanges: a file and its line, a cassette,
// or a part of a document such as x-rules.ID.
func OutsidePlace(text string) Place { return Place(text) }

// Places joins several places into one, for a finding that is about all of them.
func Places(all ...Place) Place { return Place(strings.Join(PlaceTexts(all), " ")) }

// First returns the first of the places that Places joined. For a single place it
// returns the place itself.
func (p Place) First() Place {
	first, rest, _ := strings.Cut(string(p), " ")
	if Place(rest).Direction() == "" { // the space is part of a name
		return p
	}
	return Place(first)
}

// PlaceTexts returns the texts of places.
func PlaceTexts(all []Place) []string {
	texts := make([]string, len(all))
	for i, one := range all {
		texts[i] = string(one)
	}
	return texts
}

// CutOperation is the inverse of Of: the place in an exchange of the operation. It
// returns false if the place names another operation or none.
func (p Place) CutOperation(operation string) (Place, bool) {
	rest, ok := strings.CutPrefix(string(p), operation+" ")
	return Place(rest), ok
}

// Of returns the place in any exchange of an operation.
func (p Place) Of(operation string) Place { return Place(operation + " " + string(p)) }

// Direction returns the direction that the place is in; "": none.
func (p Place) Direction() Direction {
	for _, d := range [...]Direction{InRequest, InResponse} {
		if rest, ok := strings.CutPrefix(string(p), string(d)); ok && (rest == "" || rest[0] == '#' || rest[0] == '.') {
			return d
		}
	}
	return ""
}

// Pointer returns the pointer in the body. It is not ok if the place is not in a body.
func (p Place) Pointer() (pointer Pointer, ok bool) {
	side, text, ok := strings.Cut(string(p), "#")
	if !ok || Direction(side) != InRequest && Direction(side) != InResponse {
		return "", false
	}
	return Pointer(text), true
}

// Named returns the kind and name of a place outside of bodies. The kind is query,
// header or path, and the name is "" for all of them; or the kind is method, path or
// status, without a name. Both are "" for other places.
func (p Place) Named() (kind, name string) {
	d := p.Direction()
	if d == "" || len(p) == len(d) || p[len(d)] != '.' {
		return "", ""
	}
	kind, name, _ = strings.Cut(string(p[len(d)+1:]), ".")
	return kind, name
}

// All reports whether the place is the whole query or all headers.
func (p Place) All() bool {
	kind, name := p.Named()
	return (kind == inQuery || kind == inHeader) && name == "" // request.path is the whole path
}

// General replaces array positions by *, as GeneralPointer does.
func (p Place) General() Place { return Place(generalize(string(p))) }

// Member returns the place of a member of the object at p.
func (p Place) Member(name string) Place {
	if strings.ContainsAny(name, "~/") {
		return p.Below(PointerTo(name))
	}
	return Place(string(p) + "/" + name)
}

// Item returns the place of item i of the array at p.
func (p Place) Item(i int) Place { return Place(string(p) + "/" + strconv.Itoa(i)) }

// Items returns the place of every item of the array at p.
func (p Place) Items() Place { return Place(string(p) + "/" + Every) }

// Below returns the place at a pointer relative to p.
func (p Place) Below(pointer Pointer) Place { return Place(string(p) + string(pointer)) }

// Contains reports whether another place is p or below p.
func (p Place) Contains(other Place) bool {
	_, ok := other.Under(p)
	return ok
}

// Under returns the pointer from above to p. It is not ok if above does not contain p.
func (p Place) Under(above Place) (pointer Pointer, ok bool) {
	rest, ok := strings.CutPrefix(string(p), string(above))
	return Pointer(rest), ok && (rest == "" || rest[0] == '/')
}

// Above returns the parent of a place in a body. It is not ok for a whole body, a
// parameter or a header.
func (p Place) Above() (above Place, ok bool) {
	slash := strings.LastIndexByte(string(p), '/')
	if slash < 0 {
		return "", false
	}
	return p[:slash], true
}

// Depth returns the number of members and positions on the path to the place.
func (p Place) Depth() int { return strings.Count(string(p), "/") }

// Field returns the last name of the place: "orderId" for "request#/body/orderId",
// "mid" for "request.query.mid", "" for a whole body, the query and the headers.
func (p Place) Field() string {
	if pointer, ok := p.Pointer(); ok {
		return pointer.LastToken()
	}
	kind, name := p.Named()
	if name == "" && !p.All() {
		return kind
	}
	return name
}

// Path returns the path to the place, such as "body->orderId" or "query->mid".
func (p Place) Path() string {
	if pointer, ok := p.Pointer(); ok {
		return strings.Join(TokensOf(pointer), "->")
	}
	kind, name := p.Named()
	if name == "" {
		return kind
	}
	return kind + "->" + name
}

// cassettes is the prefix of places of findings about a whole cassette.
const cassettes = "cassettes/"

// ParsePlace parses the place of a finding as a user writes it: a place in an exchange,
// or a cassette file.
func ParsePlace(text string) (Place, error) {
	p := Place(text)
	if pointer, ok := p.Pointer(); ok {
		if !pointer.IsValid() {
			return "", fmt.Errorf("%q: expected a JSON pointer (RFC 6901) after #, such as /body/orderId", text)
		}
		return p, nil
	}
	kind, name := p.Named()
	switch {
	case p == RequestMethod || p == RequestPath || p == ResponseStatus || p == WholeResponse || strings.HasPrefix(text, cassettes):
		return p, nil
	case name != "" && kind == inHeader && strings.ToLower(name) == name:
		return p, nil
	case name != "" && p.Direction() == InRequest && (kind == inQuery || kind == inPath):
		return p, nil
	}
	return "", fmt.Errorf("%q: expected a place, such as request#/body/orderId, request.query.mid, request.header.authorization or response.status", text)
}
