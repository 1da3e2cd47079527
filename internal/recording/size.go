package recording

import (
	"errors"
	"fmt"
	"net/http"

	"assay/internal/contract"
	"assay/internal/media"
)

// maxBody is the largest body, in bytes, that a cassette takes. The values in a body are
// searched in many encodings, so the work for a large one would not end.
const maxBody = 512 << 10

// tooLarge says why an exchange is too large for a cassette, and where; "": it is not.
func tooLarge(ex contract.Exchange) (at contract.Place, why string) {
	for _, side := range []struct {
		at     contract.Place
		header http.Header
		body   []byte
	}{{contract.RequestRoot, ex.Request.Header, ex.Request.Body}, {contract.ResponseRoot, ex.Response.Header, ex.Response.Body}} {
		if len(side.body) > maxBody {
			return side.at, fmt.Sprintf("the body has %d bytes, and a cassette takes %d", len(side.body), maxBody)
		}
		if len(side.body) < min(contract.MaxValues, contract.MaxPath) {
			continue
		}
		if _, err := contract.Decode(side.body); errors.Is(err, contract.ErrTooLarge) {
			return side.at, "the body is " + err.Error()
		}
		if media.Of(side.header) != media.Form {
			continue
		}
		if _, err := media.Form.ToJSON(side.body, nil); errors.Is(err, media.ErrTooLarge) {
			return side.at, "the form is too large: " + err.Error()
		}
	}
	return "", ""
}
