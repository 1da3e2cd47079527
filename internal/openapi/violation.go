package openapi

import (
	"encoding/json"

	"github.com/getkin/kin-openapi/openapi3"

	"assay/internal/view"
)

// violations returns the violations of a schema by a value of a document.
func violations(s *openapi3.Schema, value any) []Violation {
	raw, err := json.Marshal(value)
	if err != nil {
		return []Violation{view.NotJSON()}
	}
	return view.NewBody("", true, convertSchema(s), nil).Violations(raw)
}
