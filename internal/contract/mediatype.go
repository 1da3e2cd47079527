package contract

import (
	"errors"
	"mime"
)

// maxMediaType is the longest media type, in bytes, that is read. mime takes thirty times as
// much memory as a header with millions of parameters.
const maxMediaType = 1 << 10

// MediaType is mime.ParseMediaType, but a very long text is no media type.
func MediaType(text string) (media string, parameters map[string]string, err error) {
	if len(text) > maxMediaType {
		return "", nil, errors.New("the media type is too long")
	}
	return mime.ParseMediaType(text)
}
