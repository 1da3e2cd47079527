package redact

import (
	"encoding/json"
	"slices"

	"assay/internal/contract"
)

// Blank removes the values at undocumented places of an exchange and keeps their types:
// a string becomes the mark, a number 0. A body that is not JSON is undocumented as a
// whole. Headers are left to Exchange.
func Blank(ex contract.Exchange, unknown func(place contract.Place) bool) contract.Exchange {
	u := *ex.Request.URL
	query := u.Query()
	changed := false
	for name, values := range query {
		if unknown(contract.Query(name)) {
			query[name], changed = slices.Repeat([]string{markText}, len(values)), true
		}
	}
	if changed {
		u.RawQuery = query.Encode()
	}
	ex.Request.URL = &u
	ex.Request.Body = blank(contract.InRequest, ex.Request.Body, unknown)
	ex.Response.Body = blank(contract.InResponse, ex.Response.Body, unknown)
	return ex
}

func blank(of contract.Direction, body []byte, unknown func(place contract.Place) bool) []byte {
	if len(body) == 0 {
		return body
	}
	clean, err := rewrite(body, func(pointer contract.Pointer, value any) (json.RawMessage, bool) {
		switch value.(type) {
		case string:
			return json.RawMessage(`"` + markText + `"`), unknown(of.Body(pointer))
		case json.Number:
			return json.RawMessage("0"), unknown(of.Body(pointer))
		}
		return nil, false
	}, nil)
	if err != nil {
		return []byte(markText)
	}
	return clean
}
