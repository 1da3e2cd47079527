package redact

import (
	"net/http"
	"strconv"
	"strings"

	"assay/internal/contract"
	"assay/internal/media"
)

// Documents is what the documents of an operation say about its exchanges. A redactor
// that has it also does this:
//
//   - A value at an undocumented place is blanked: a text becomes the mark, a number 0.
//   - Names of members are redacted if they look like data.
//   - In an address, the values of the query and the fragment are redacted, and the user.
//   - At places that are not described it redacts what DetectPersonal finds.
//   - Of a body that is not JSON it keeps the words of the documents and of HTML. All
//     other letters and digits become z and 0.
//
// Everything that it removes this way is searched in the whole exchange, unless it
// consists of words of the documents, or also stands at a described place.
type Documents struct {
	Described    func(place contract.Place) bool // the place has a described value, and no free text
	Undocumented func(place contract.Place) bool
	Keeps        func(place contract.Place) bool // free text and addresses stay
	Words        Words                           // of texts that the documents print
	Form         *media.Types                    // of the values of a form-encoded request; nil: none is documented
}

// Words are words and texts, folded. They may be shared.
type Words map[string]bool

// NewWords returns these texts and their words, and the words of the pages that servers
// send in place of a response.
func NewWords(texts ...string) Words {
	w := Words{}
	w.add(pageWords, markText, markOther)
	w.add(texts...)
	for status := 100; status < 600; status++ {
		if text := http.StatusText(status); text != "" {
			w.add(text, strconv.Itoa(status))
		}
	}
	return w
}

func (w Words) add(texts ...string) {
	for _, text := range texts {
		small := folded(text)
		w[small] = true
		for _, one := range strings.FieldsFunc(small, func(r rune) bool { return !word(r) }) {
			w[one] = true
		}
	}
}

// Documents adds what the documents say.
func (s *Redactor) Documents(d Documents) { s.docs = d }

// knows reports whether the documents or a described place have a text, which is folded.
func (s *Redactor) knows(text string) bool { return s.docs.Words[text] || s.shown[text] }

// pageWords are words of HTML and XML, and of the pages that servers send in place of a
// response.
const pageWords = `html head title body meta link script style div span table thead tbody tr td th ul ol li pre code
center hr br img src href alt class id name content type charset lang width height align bgcolor color font face size rel
http https www w3 org dtd doctype xml version encoding utf 8 iso xhtml public en us text css javascript application json
strict transitional h1 h2 h3 h4 h5 h6 p a b i u em strong small form input button nbsp lt gt amp quot copy 1 0
soap envelope fault faultcode faultstring root response error errors errorcode errormessage code message status result data
success failure failed null true false undefined callback
the of to and in on at by for from with is are was were be been has have had not no or this that it its you your we our an
if as all any can could cannot may please try again later contact support server servers service unavailable internal bad
gateway timeout timed out request requested requests invalid access denied forbidden unauthorized found page resource url
nginx apache cloudflare varnish openresty tomcat iis maintenance temporarily down under while when how what why more
information details description administrator website site connection connect closed reset upstream host port method allowed
too many large entity media unsupported expired session login sign payment payments order orders transaction transactions`
