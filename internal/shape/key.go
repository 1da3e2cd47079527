package shape

import (
	"assay/internal/contract"
	"assay/internal/openapi"
)

// The key of a member in a Part is its pointer. A query parameter has no pointer; its
// key is the text of its place, which does not begin with a slash.

// Key returns the key of a place.
func Key(place contract.Place) contract.Pointer {
	if pointer, inBody := place.Pointer(); inBody {
		return pointer
	}
	return contract.Pointer(place)
}

// Place returns the place of a key.
func Place(of contract.Direction, key contract.Pointer) contract.Place {
	if IsBody(key) {
		return of.Body(key)
	}
	return contract.Place(key)
}

// IsBody reports whether a key is a member of the body.
func IsBody(key contract.Pointer) bool { return key == "" || key[0] == '/' }

// IsWildcard reports whether a key stands for the items of a list, or for members whose
// names may be personal.
func IsWildcard(key contract.Pointer) bool { return key.LastToken() == contract.Every }

// Documented returns the documented member of the request, or of any of the responses,
// or nil.
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
