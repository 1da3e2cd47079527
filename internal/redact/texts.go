package redact

import (
	"encoding/json"
	"iter"
	"maps"
	"net/http"
	"slices"

	"assay/internal/contract"
	"assay/internal/media"
	"assay/internal/route"
)

// Texts visits every text of an exchange of an operation with its place: path, values of
// path, query and headers, and the strings, numbers and booleans of bodies. A number that is
// not written in plain digits is visited a second time, in plain digits. A body that is not
// JSON is one text. The values of a form are visited as well, at the places of members with
// the same names. The path with parameters is visited without their values.
func Texts(path route.Template, ex contract.Exchange, visit func(place contract.Place, text string)) {
	if pathValues(path, ex.Request.URL, visit) {
		visit(contract.RequestPath, path.Text())
	} else {
		visit(contract.RequestPath, ex.Request.URL.Path)
	}
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
		for place, value := range formPlaces(of, header, body) {
			visit(place, value)
		}
		return
	}
	_, err := contract.Rewrite(body, func(pointer contract.Pointer, value any) (json.RawMessage, bool) {
		if text, ok := contract.Text(value); ok {
			visit(of.Body(pointer), text)
			if _, number := value.(json.Number); number && contract.PlainNumber(text) != text {
				visit(of.Body(pointer), contract.PlainNumber(text))
			}
		}
		return nil, false
	}, nil)
	if err != nil {
		visit(of.Body(""), string(body))
	}
}

// formPlaces returns the values of a form. Its fields have the places of members.
func formPlaces(of contract.Direction, header http.Header, body []byte) iter.Seq2[contract.Place, string] {
	return func(yield func(contract.Place, string) bool) {
		if media.Of(header) != media.Form {
			return
		}
		for name, value := range media.Pairs(body) {
			if !yield(of.Body(contract.Pointer("").AppendToken(name)), value) {
				return
			}
		}
	}
}
