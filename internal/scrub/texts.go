package scrub

import (
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strings"

	"assay/internal/contract"
)

// Texts visits every text of an exchange with its place: path, query and header
// values, and the strings and numbers of bodies. A body that is not JSON is one
// text.
func Texts(ex contract.Exchange, visit func(place, text string)) {
	visit("request.path", ex.Request.URL.Path)
	query := ex.Request.URL.Query()
	for _, name := range slices.Sorted(maps.Keys(query)) {
		for _, v := range query[name] {
			visit("request.query."+name, v)
		}
	}
	sideTexts("request", ex.Request.Header, ex.Request.Body, visit)
	sideTexts("answer", ex.Answer.Header, ex.Answer.Body, visit)
}

func sideTexts(side string, header http.Header, body []byte, visit func(place, text string)) {
	for _, name := range slices.Sorted(maps.Keys(header)) {
		for _, v := range header[name] {
			visit(side+".header."+strings.ToLower(name), v)
		}
	}
	if !json.Valid(body) {
		visit(side+"#", string(body))
		return
	}
	_, err := rewrite(body, func(pointer string, value any) (json.RawMessage, bool) {
		if text, ok := contract.Text(value); ok {
			visit(side+"#"+pointer, text)
		}
		return nil, false
	}, nil)
	if err != nil {
		visit(side+"#", string(body))
	}
}
