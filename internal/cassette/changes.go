package cassette

import (
	"fmt"
	"sort"
	"strconv"

	"assay/internal/contract"
	"assay/internal/media"
	"assay/internal/route"
)

// Novel selects the values that differ in every recording, such as ids and signatures:
// only their types are compared. Hidden values are compared and never shown.
type Novel struct {
	Path           route.Template // of the operation; the values of its parameters have places
	Always, Hidden func(place contract.Place) bool
}

// Changes lists the differences of an exchange from an older one: status, media type and
// members. It is empty if there are none.
func (n Novel) Changes(was, is contract.Exchange) []string {
	before, after := n.laid(was), n.laid(is)
	var all []string
	for place, text := range after {
		switch old, there := before[place]; {
		case !there:
			all = append(all, fmt.Sprintf("%s: new, %s", place, n.show(place, text)))
		case kind(old) != kind(text):
			all = append(all, fmt.Sprintf("%s: was %s, is %s", place, kind(old), kind(text)))
		case old == text || n.Always != nil && n.Always(place.General()):
		default:
			all = append(all, fmt.Sprintf("%s: was %s, is %s", place, n.show(place, old), n.show(place, text)))
		}
	}
	for place, old := range before {
		if _, there := after[place]; !there {
			all = append(all, fmt.Sprintf("%s: gone, was %s", place, n.show(place, old)))
		}
	}
	sort.Strings(all)
	return all
}

func (n Novel) laid(ex contract.Exchange) map[contract.Place]string {
	all := map[contract.Place]string{
		contract.RequestMethod:  ex.Request.Method,
		contract.ResponseStatus: strconv.Itoa(ex.Response.Status),
		contract.ResponseType:   ex.Response.Header.Get("Content-Type"),
	}
	spreadPath(all, n.Path, ex.Request.URL)
	for name := range ex.Request.URL.Query() {
		all[contract.Query(name)] = ex.Request.URL.Query().Get(name)
	}
	_, asked := media.Read(ex.Request.Header, ex.Request.Body, nil)
	_, responded := media.Read(ex.Response.Header, ex.Response.Body, nil)
	spread(all, contract.RequestRoot, asked)
	spread(all, contract.ResponseRoot, responded)
	return all
}

// kind returns the JSON type of a value's text; text that is not JSON is a string.
func kind(text string) string {
	switch {
	case text == "null" || text == "true" || text == "false":
		return text
	case text == "":
		return "nothing"
	case text[0] == '{':
		return "an object"
	case text[0] == '[':
		return "a list"
	case text[0] == '-' || text[0] >= '0' && text[0] <= '9':
		return "a number"
	}
	return "a text"
}

func (n Novel) show(place contract.Place, text string) string { return shown(n.Hidden, place, text) }
