package rule

import (
	"net/http"
	"slices"
	"strings"

	"assay/internal/contract"
	"assay/internal/view"
)

// Messages about media types, of request-documented and type-documented.
var (
	mediaOther  = &contract.Template{ID: "media-type.other", Text: "the media type is {type}, not the documented {documented|or}"}
	mediaAbsent = &contract.Template{ID: "media-type.absent", Text: "there is no media type; the documented one is {documented|or}"}
	mediaTwice  = &contract.Template{ID: "media-type.repeated", Text: "the header stands more than once; recipients differ in which media type they take"}
	mediaHidden = &contract.Template{ID: "media-type.hidden", Text: "the media type is not the documented {documented|or}; it is hidden, because it does not consist of words, or repeats a value of the request that is never shown"}
)

func mediaTemplates() []*contract.Template {
	return []*contract.Template{mediaOther, mediaAbsent, mediaTwice, mediaHidden}
}

// otherMediaType reports a media type that is not documented, and names it.
func (p *Subject) otherMediaType(at contract.Place, h http.Header, documented []string) {
	list := contract.ArgList("documented", documented)
	switch shown, there := shownMediaType(h); {
	case len(h["Content-Type"]) > 1:
		p.add(at, view.Repeated, mediaTwice)
	case !there:
		p.addApart(at, "mediaType", "absent", mediaAbsent, list)
	case shown == "", slices.ContainsFunc(strings.FieldsFunc(shown, between), p.echoed):
		p.addApart(at, "mediaType", "hidden", mediaHidden, list)
	default:
		p.addApart(at, "mediaType", shown, mediaOther, contract.ArgText("type", shown), list)
	}
}

// between reports whether a character separates the words of a media type.
func between(r rune) bool { return strings.ContainsRune("/+.-_", r) }

// shownMediaType returns the media type of a message without its parameters, which can be
// anything; "" if it may not be shown, because it does not consist of words. there is false
// if the message has none.
func shownMediaType(h http.Header) (shown string, there bool) {
	value := h.Get("Content-Type")
	if value == "" {
		return "", false
	}
	shown, _, err := contract.MediaType(value)
	whole, below, two := strings.Cut(shown, "/")
	if err != nil || !two || !isWord(whole) || !isWord(strings.ReplaceAll(below, "+", "-")) {
		return "", true
	}
	return shown, true
}
