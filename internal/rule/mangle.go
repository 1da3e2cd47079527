package rule

import (
	"fmt"
	"net/http"
	"strings"
	"unicode/utf16"

	"assay/internal/contract"
)

// What else assay does to responses.
var (
	inUTF16      = damage("utf-16", "encoded the body in UTF-16")
	behindMark   = damage("byte-order-mark", "added a byte order mark before the body")
	notUTF8      = damage("no-utf-8", "added a byte that is not UTF-8")
	repeatedBody = damage("repeated", "repeated the body")
	wrappedBody  = damage("wrapped", "wrapped the body in a list")
	twiceAt      = damage("twice", "added {place} a second time")
	hugeAt       = damage("huge", "replaced {place} by a number out of range")
	nestedAt     = damage("nested", "replaced {place} by a thousand nested lists")
)

// recoded is a body in another encoding, and the description of the change.
type recoded struct {
	kind string
	how  contract.Message
	body []byte
}

// recodedBodies returns the body in encodings that are not UTF-8 JSON, twice, and
// inside a list.
func recodedBodies(body []byte) []recoded {
	return []recoded{
		{"charset", inUTF16.Says(), utf16le(body)},
		{"charset", behindMark.Says(), append([]byte("\ufeff"), body...)},
		{"charset", notUTF8.Says(), contract.Replace(body, "", []byte(strings.Replace(string(body), `"`, "\"\xff", 1)))},
		{"repeated", repeatedBody.Says(), append(append([]byte{}, body...), body...)},
		{"wrapped", wrappedBody.Says(), append(append([]byte("["), body...), ']')},
	}
}

func utf16le(body []byte) []byte {
	var all []byte
	for _, unit := range utf16.Encode([]rune(string(body))) {
		all = append(all, byte(unit), byte(unit>>8))
	}
	return all
}

// statuses returns an HTTP status of every class, and those that gateways return.
func statuses() []int {
	return []int{
		http.StatusContinue, http.StatusNoContent, http.StatusFound, http.StatusUnauthorized, http.StatusNotFound, http.StatusTooManyRequests,
		http.StatusInternalServerError, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout,
	}
}

// unusualEncodings returns responses in which a member that affects the outcome is
// written in an unusual way: twice, as a number out of range, and as a thousand nested
// lists.
func unusualEncodings(p *Subject, pointer contract.Pointer) []alteration {
	body := p.View.Exchange.Response.Body
	object := pointer.Parent()
	around, standing := contract.Raw(body, object)
	own, there := contract.Raw(body, pointer)
	if !standing || !there {
		return nil
	}
	name, _ := contract.Encode(pointer.LastToken()) // cannot fail for a string
	twice := fmt.Sprintf("{%s:%s,%s", name, own, strings.TrimPrefix(string(around), "{"))
	var all []alteration
	add := func(kind string, how *contract.Template, changed []byte) {
		a := p.resigned(changed)
		at := contract.ResponseBody(pointer)
		all = append(all, alteration{response: a, at: at, kind: kind, how: p.changed(how.Says(contract.ArgPlace("place", at))), breaks: true})
	}
	add("twice", twiceAt, contract.Replace(body, object, []byte(twice)))
	add("huge", hugeAt, contract.Replace(body, pointer, []byte("1e999999999")))
	add("nested", nestedAt, contract.Replace(body, pointer, []byte(strings.Repeat("[", 1000)+strings.Repeat("]", 1000))))
	return all
}
