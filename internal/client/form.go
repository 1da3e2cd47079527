package client

import (
	"net/http"

	"assay/internal/contract"
	"assay/internal/openapi"
)

// encodeBody turns a stated body into the bytes of the media type that the headers name. A
// body that is a text is sent as those bytes.
func encodeBody(header http.Header, body []byte) ([]byte, error) {
	if len(body) == 0 {
		return nil, nil
	}
	if text, isText := contract.String(body); isText {
		return []byte(text), nil
	}
	return openapi.WriteBody(header, body)
}
