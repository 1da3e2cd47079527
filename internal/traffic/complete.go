package traffic

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"assay/internal/contentcoding"
	"assay/internal/contract"
)

// recordedBody is what a recording says about a body besides its bytes.
type recordedBody struct {
	of      contract.Direction
	body    []byte
	header  http.Header
	sizes   []int64 // the sizes that the recorder noted, in bytes; below 0: unknown
	unknown bool    // the recorder noted no body and no size
}

// completeness is what is left of a body.
type completeness int

const (
	bodyWhole completeness = iota
	bodyCut                // a part of it, or it is not known whether there was one
	bodyLost               // the recording says that there was one, and has none of it
)

// state compares the body with the sizes. A body that is shorter and complete JSON is
// whole: recorders count bytes before decoding, characters, or headers too.
func (b *recordedBody) state() completeness {
	n := b.announced()
	switch {
	case n <= int64(len(b.body)) && len(b.body) == 0 && b.unknown && !b.announcesNone():
		return bodyCut
	case n <= int64(len(b.body)):
		return bodyWhole
	case len(b.body) == 0:
		return bodyLost
	case jsontext.Value(b.body).IsValid(jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true)):
		return bodyWhole
	}
	return bodyCut
}

// announced returns the largest size that the recording gives the body.
func (b *recordedBody) announced() int64 {
	n := int64(0)
	for _, size := range b.sizes {
		n = max(n, size)
	}
	if length, there := b.header["Content-Length"]; there && len(length) > 0 && !coded(b.header) {
		if size, err := strconv.ParseInt(strings.TrimSpace(length[0]), 10, 64); err == nil {
			n = max(n, size)
		}
	}
	return n
}

// announcesNone reports whether the recording says that there was no body.
func (b *recordedBody) announcesNone() bool { return b.header.Get("Content-Length") == "0" }

// coded reports whether Content-Length counts coded bytes.
func coded(h http.Header) bool {
	_, encoded := h["Content-Encoding"]
	_, transfer := h["Transfer-Encoding"]
	return encoded || transfer
}

// lostError says that a recording lacks a body.
func (b *recordedBody) lostError(k *knownRecorder) error {
	return fmt.Errorf("the recording lacks the body of the %s, which had %d bytes (recorder: %s); %s", b.of, b.announced(), k.Name, k.Instead)
}

// complete compares the bodies of an exchange with the sizes that its recorder noted. It
// sets Recorder and Omitted. A body that is lost is an error.
func (k *knownRecorder) complete(ex *contract.Exchange, asked, response recordedBody) error {
	ex.Recorder, ex.Omitted = k.shared, k.sanitized(ex)
	for _, b := range [...]*recordedBody{&asked, &response} {
		if err := contentcoding.Check(b.header); err != nil {
			return fmt.Errorf("the %s cannot be decoded: %w", b.of, err)
		}
		switch b.state() {
		case bodyLost:
			if err := b.lostError(k); b.of == contract.InRequest {
				return err
			} else {
				return withoutResponse(err.Error())
			}
		case bodyCut:
			ex.Omitted = append(ex.Omitted[:len(ex.Omitted):len(ex.Omitted)], b.of.Body(""))
		}
	}
	return nil
}

// carried returns the bodies of an exchange whose recording has no sizes besides those in
// the headers.
func carried(ex *contract.Exchange) (asked, response recordedBody) {
	asked = recordedBody{of: contract.InRequest, body: ex.Request.Body, header: ex.Request.Header}
	response = recordedBody{of: contract.InResponse, body: ex.Response.Body, header: ex.Response.Header}
	if !hasBody(ex.Request.Method, ex.Response.Status) {
		response.header = http.Header{"Content-Encoding": ex.Response.Header["Content-Encoding"]}
	}
	return asked, response
}
