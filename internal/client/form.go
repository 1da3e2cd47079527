package client

import (
	"assay/internal/contract"
	"assay/internal/media"
)

// encodeBody turns a stated body into the bytes of a media type. A body that is a text is
// sent as those bytes.
func encodeBody(mediaType string, body []byte) []byte {
	if len(body) == 0 {
		return nil
	}
	if text, isText := contract.String(body); isText {
		return []byte(text)
	}
	encoded, err := media.KindOf(mediaType).FromJSON(body)
	if err != nil {
		return body
	}
	return encoded
}
