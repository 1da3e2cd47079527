package redact

import (
	"encoding/json"
	"maps"
	"net/http"
	"slices"

	"assay/internal/contract"
	"assay/internal/media"
)

// Texts visits every text of an exchange with its place: path, values of query and
// headers, and the strings and numbers of bodies. A body that is not JSON is one text.
func Texts(ex contract.Exchange, visit func(place contract.Place, text string)) {
	visit(contract.RequestPath, ex.Request.URL.Path)
	query := ex.Request.URL.Query()
	for _, name := range slices.Sorted(maps.Keys(query)) {
		for _, v := range query[name] {
			visit(contract.Query(name), v)
		}
	}
	sideTexts(contract.InRequest, ex.Request.Header, ex.Request.Body, visit)
	sideTexts(contract.InResponse, ex.Response.Header, ex.Response.Body, visit)
}

func sideTexts(of contract.Direction, header http.Header, body []byte, visit func(place contract.Place, text string)) {
	for _, name := range slices.Sorted(maps.Keys(header)) {
		for _, v := range header[name] {
			visit(of.Header(name), v)
		}
	}
	if _, body = media.Read(header, body, nil); !json.Valid(body) {
		visit(of.Body(""), string(body))
		return
	}
	_, err := rewrite(body, func(pointer contract.Pointer, value any) (json.RawMessage, bool) {
		if text, ok := contract.Text(value); ok {
			visit(of.Body(pointer), text)
		}
		return nil, false
	}, nil)
	if err != nil {
		visit(of.Body(""), string(body))
	}
}
