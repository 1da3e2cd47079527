package shape

import (
	"assay/internal/contract"
	"assay/internal/openapi"
)

// The key of a member in a Part is its pointer. A parameter of the query has none: its
// key is the text of its place, which begins with no slash.

// Key is the key of a place.
func Key(place contract.Place) contract.Pointer {
	if pointer, inBody := place.Pointer(); inBody {
		return pointer
	}
	return contract.Pointer(place)
}

// Place is where in an exchange the member of a key stands.
func Place(of contract.Direction, key contract.Pointer) contract.Place {
	if InBody(key) {
		return of.Body(key)
	}
	return contract.Place(key)
}

// InBody tells whether a key is one of a member of the body.
func InBody(key contract.Pointer) bool { return key == "" || key[0] == '/' }

// Unnamed tells whether a key stands for the items of a list, or for members whose
// names may not be kept.
func Unnamed(key contract.Pointer) bool { return key.LastToken() == contract.Every }

// Documented finds a member in the request, or in any of the responses.
func Documented(o *openapi.Operation, of contract.Direction, key contract.Pointer) *openapi.Member {
	if of == contract.InRequest {
		for _, p := range o.Parameters {
			if Key(p.Place()) == key {
				return &p.Member
			}
		}
		return o.Request.Member(key)
	}
	for _, status := range o.Statuses() {
		if m := o.Responses[status].Member(key); m != nil {
			return m
		}
	}
	return nil
}
