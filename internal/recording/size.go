package recording

import (
	"errors"
	"fmt"

	"assay/internal/contract"
)

// maxBody is the largest body, in bytes, that a cassette takes. The values in a body are
// searched in many encodings, so the work for a large one would not end.
const maxBody = 512 << 10

// tooLarge says why an exchange is too large for a cassette, and where; "": it is not.
func tooLarge(ex contract.Exchange) (at contract.Place, why string) {
	for _, side := range []struct {
		at   contract.Place
		body []byte
	}{{contract.RequestRoot, ex.Request.Body}, {contract.ResponseRoot, ex.Response.Body}} {
		if len(side.body) > maxBody {
			return side.at, fmt.Sprintf("the body has %d bytes, and a cassette takes %d", len(side.body), maxBody)
		}
		if len(side.body) < min(contract.MaxValues, contract.MaxPath) {
			continue
		}
		if _, err := contract.Decode(side.body); errors.Is(err, contract.ErrTooLarge) {
			return side.at, "the body is " + err.Error()
		}
	}
	return "", ""
}
