package rule

import (
	"fmt"
	"net/http"
	"strings"
	"unicode/utf16"

	"assay/internal/contract"
	"assay/internal/signature"
)

// What else is done to responses.
var (
	inUTF16      = damage("utf-16", "when it came in UTF-16")
	behindMark   = damage("byte-order-mark", "when it came behind a byte order mark")
	notUTF8      = damage("no-utf-8", "when a byte of it was no UTF-8")
	repeatedBody = damage("repeated", "when it came twice")
	wrappedBody  = damage("wrapped", "when it came in a list")
	twiceAt      = damage("twice", "with a second member at {place}")
	hugeAt       = damage("huge", "with a number out of every range at {place}")
	nestedAt     = damage("nested", "with a thousand lists in each other at {place}")
)

// mangled is a body that somebody on its way wrote down otherwise.
type mangled struct {
	kind string
	how  contract.Message
	body []byte
}

// otherwise gives the body in other characters than JSON's UTF-8, and with more
// around it than a response has.
func otherwise(body []byte) []mangled {
	return []mangled{
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

// statuses is one HTTP status of every class, and those that gateways response.
func statuses() []int {
	return []int{
		http.StatusContinue, http.StatusNoContent, http.StatusFound, http.StatusUnauthorized, http.StatusNotFound, http.StatusTooManyRequests,
		http.StatusInternalServerError, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout,
	}
}

// unwritten gives the response with a member that its outcome rests on as no
// encoder of ours would write it: standing twice, a number no machine can hold,
// and lists nested deeper than anybody reads.
func unwritten(p *Subject, pointer contract.Pointer) []alteration {
	body := p.View.Exchange.Response.Body
	object := pointer.Parent()
	around, standing := contract.Raw(body, object)
	own, there := contract.Raw(body, pointer)
	if !standing || !there {
		return nil
	}
	name, _ := contract.Encode(pointer.LastToken()) // a text
	twice := fmt.Sprintf("{%s:%s,%s", name, own, strings.TrimPrefix(string(around), "{"))
	var all []alteration
	add := func(kind string, how *contract.Template, changed []byte) {
		a := p.View.Exchange.Response
		a.Body = signature.Sign(p.Operation.Sign.Response, changed, p.View.Credentials, signature.Zeros{})
		at := contract.ResponseBody(pointer)
		all = append(all, alteration{response: a, at: at, kind: kind, how: how.Says(contract.ArgPlace("place", at)), breaks: true})
	}
	add("twice", twiceAt, contract.Replace(body, object, []byte(twice)))
	add("huge", hugeAt, contract.Replace(body, pointer, []byte("1e999999999")))
	add("nested", nestedAt, contract.Replace(body, pointer, []byte(strings.Repeat("[", 1000)+strings.Repeat("]", 1000))))
	return all
}
