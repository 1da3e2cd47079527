package contract

import (
	"fmt"
	"strconv"
	"strings"
)

// Place is where in an exchange something stands. Its text is what people write and
// reports show:
//
//	request#/body/orderId          in a body: a JSON pointer; response# is the whole body
//	request.query.mid              a parameter: of query, path or header
//	response.header.content-type     a header; its name is in lower case
//	request.method  request.path  response.status  response
//
// A finding or a change that is not about an exchange has a place besides: see
// Elsewhere and Place.Of. Places are made by the functions here, and taken apart by
// their methods; nothing else reads the text.
type Place string

// Direction is one of the two halves of an exchange.
type Direction string

// The directions.
const (
	InRequest  Direction = "request"
	InResponse Direction = "response"
)

// Directions lists them.
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
	WholeResponse        Place = "response" // with what has no place in it, such as how long it took
)

// The kinds of parameters and headers.
const (
	inQuery  = "query"
	inHeader = "header"
)

// Body is the place of a JSON pointer in the body; "" is the whole of it.
func (d Direction) Body(pointer Pointer) Place { return Place(string(d) + "#" + string(pointer)) }

// Header is the place of a header.
func (d Direction) Header(name string) Place {
	return Place(string(d) + "." + inHeader + "." + strings.ToLower(name))
}

// RequestBody is the place of a JSON pointer in the request's body.
func RequestBody(pointer Pointer) Place { return InRequest.Body(pointer) }

// ResponseBody is the place of a JSON pointer in the response's body.
func ResponseBody(pointer Pointer) Place { return InResponse.Body(pointer) }

// RequestHeader is the place of a header of the request.
func RequestHeader(name string) Place { return InRequest.Header(name) }

// ResponseHeader is the place of a header of the response.
func ResponseHeader(name string) Place { return InResponse.Header(name) }

// Query is the place of a parameter of the query; "" is the whole query.
func Query(name string) Place { return Parameter(inQuery, name) }

// Parameter is the place of a parameter: in is query, header or path, as in OpenAPI.
func Parameter(in, name string) Place {
	if in == inHeader {
		return RequestHeader(name)
	}
	return Place(string(InRequest) + "." + in + "." + name)
}

// Elsewhere is a place outside of every exchange: a file and its line, a cassette, a
// part of a document such as x-rules.ID.
func OutsidePlace(text string) Place { return Place(text) }

// Places is where something stands that is about several places at once.
func Places(all ...Place) Place { return Place(strings.Join(PlaceTexts(all), " ")) }

// First is the first of several places that Places joined. A single place is its own
// first.
func (p Place) First() Place {
	first, rest, _ := strings.Cut(string(p), " ")
	if Place(rest).Direction() == "" { // the blank is part of a name
		return p
	}
	return Place(first)
}

// PlaceTexts are places as they are written.
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

// Of is the place in any exchange of an operation.
func (p Place) Of(operation string) Place { return Place(operation + " " + string(p)) }

// Direction is the half of the exchange that the place is in; "": it is in none.
func (p Place) Direction() Direction {
	for _, d := range [...]Direction{InRequest, InResponse} {
		if rest, ok := strings.CutPrefix(string(p), string(d)); ok && (rest == "" || rest[0] == '#' || rest[0] == '.') {
			return d
		}
	}
	return ""
}

// Pointer is where the place is in a body; not ok: it is in none.
func (p Place) Pointer() (pointer Pointer, ok bool) {
	side, text, ok := strings.Cut(string(p), "#")
	if !ok || Direction(side) != InRequest && Direction(side) != InResponse {
		return "", false
	}
	return Pointer(text), true
}

// Named is what the place is outside of bodies: query, header or path and the name of
// one, "" of all of them; method, path or status without a name. "": it is none of
// them.
func (p Place) Named() (kind, name string) {
	d := p.Direction()
	if d == "" || len(p) == len(d) || p[len(d)] != '.' {
		return "", ""
	}
	kind, name, _ = strings.Cut(string(p[len(d)+1:]), ".")
	return kind, name
}

// All tells whether the place is the whole query or all headers.
func (p Place) All() bool {
	kind, name := p.Named()
	return (kind == inQuery || kind == inHeader) && name == ""
}

// General replaces array positions by *: see GeneralPointer.
func (p Place) General() Place { return Place(general(string(p))) }

// Member is the place of a member of what stands at the place.
func (p Place) Member(name string) Place {
	if strings.ContainsAny(name, "~/") {
		return p.Below(PointerTo(name))
	}
	return Place(string(p) + "/" + name)
}

// Item is the place of an item of the list that stands at the place.
func (p Place) Item(i int) Place { return Place(string(p) + "/" + strconv.Itoa(i)) }

// Items is the place of every item of the list that stands at the place.
func (p Place) Items() Place { return Place(string(p) + "/" + Every) }

// Below is the place to which a pointer leads from what stands at the place.
func (p Place) Below(pointer Pointer) Place { return Place(string(p) + string(pointer)) }

// Contains tells whether another place is the same, or below it.
func (p Place) Contains(other Place) bool {
	_, ok := other.Under(p)
	return ok
}

// Under is the pointer that leads to the place from one that contains it.
func (p Place) Under(above Place) (pointer Pointer, ok bool) {
	rest, ok := strings.CutPrefix(string(p), string(above))
	return Pointer(rest), ok && (rest == "" || rest[0] == '/')
}

// Above is the place of what the place is part of; not ok: it is part of nothing. A
// body, a parameter and a header are wholes.
func (p Place) Above() (above Place, ok bool) {
	slash := strings.LastIndexByte(string(p), '/')
	if slash < 0 {
		return "", false
	}
	return p[:slash], true
}

// Depth is how many members and positions lead to the place.
func (p Place) Depth() int { return strings.Count(string(p), "/") }

// Field is the last name of the place: "orderId" of "request#/body/orderId", "mid" of
// "request.query.mid"; "" of a body, the query and the headers as a whole.
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

// Path is the way to the place from the top, as in "body->orderId", "query->mid".
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

// cassettes is where the findings about a cassette stand as a whole.
const cassettes = "cassettes/"

// ParsePlace reads what somebody wrote as the place of a finding: in an exchange, or a
// cassette's file.
func ParsePlace(text string) (Place, error) {
	p := Place(text)
	if pointer, ok := p.Pointer(); ok {
		if !pointer.IsValid() {
			return "", fmt.Errorf("%q: behind # expected a JSON pointer (RFC 6901), such as /body/orderId", text)
		}
		return p, nil
	}
	kind, name := p.Named()
	switch {
	case p == RequestMethod || p == RequestPath || p == ResponseStatus || p == WholeResponse || strings.HasPrefix(text, cassettes):
		return p, nil
	case name != "" && kind == inHeader && strings.ToLower(name) == name:
		return p, nil
	case name != "" && p.Direction() == InRequest && (kind == inQuery || kind == "path"):
		return p, nil
	}
	return "", fmt.Errorf("%q: expected a place, such as request#/body/orderId, request.query.mid, request.header.authorization or response.status", text)
}
