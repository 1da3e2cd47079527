package openapi

import (
	"fmt"

	"github.com/getkin/kin-openapi/openapi3"
)

// OpenAPI parses the standard part of a document for a library that needs kin-openapi's
// type. References to schemas are replaced by the schemas. The caller may change the
// result.
func OpenAPI(raw []byte) (*openapi3.T, error) {
	doc, err := openapi3.NewLoader().LoadFromData(raw)
	if err != nil {
		return nil, fmt.Errorf("openapi: %w", err)
	}
	inline(doc)
	return doc, nil
}
