package openapi

import (
	"fmt"

	"github.com/getkin/kin-openapi/openapi3"
)

// OpenAPI reads the standard part of a document as kin-openapi has it, for a
// library that asks for it so, with every schema where it is used. It is the caller's
// own, to do with as it likes.
func OpenAPI(raw []byte) (*openapi3.T, error) {
	doc, err := openapi3.NewLoader().LoadFromData(raw)
	if err != nil {
		return nil, fmt.Errorf("openapi: %w", err)
	}
	inline(doc)
	return doc, nil
}
