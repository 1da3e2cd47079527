package traffic

import (
	"errors"
	"net/url"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// parameters adds the parameters of request.queryString that the URL does not have. Most
// recorders list there what stands in the URL, decoded or not; some list less. Insomnia keeps
// the parameters apart from the URL, and sends both.
// https://github.com/Kong/insomnia/blob/develop/packages/insomnia/src/common/har.ts
func (r *harRequest) parameters(u *url.URL, k *knownRecorder) error {
	listed, inURL := r.Query.value.pairs, pairsOf(u.RawQuery)
	var apart []queryPair
	rest := slices.Clone(inURL)
	for _, p := range listed {
		if i := slices.IndexFunc(rest, p.equals); i >= 0 {
			rest = slices.Delete(rest, i, i+1)
			continue
		}
		if len(inURL) > 0 && !k.queryApart || slices.ContainsFunc(inURL, p.sameName) {
			return errQuery
		}
		apart = append(apart, p)
	}
	if len(apart) > 0 && len(apart) < len(listed) {
		return errQuery // the URL has some of them
	}
	for _, p := range apart {
		if u.RawQuery != "" {
			u.RawQuery += "&"
		}
		u.RawQuery += url.QueryEscape(p.name) + "=" + url.QueryEscape(p.value)
	}
	return nil
}

var errQuery = errors.New("request.url and request.queryString have different parameters, so it is not known what was sent; record it again, or remove queryString")

// harQuery is a list of parameters, or an object with names and values.
type harQuery struct{ pairs []queryPair }

// UnmarshalJSONFrom reads the parameters.
func (q *harQuery) UnmarshalJSONFrom(d *jsontext.Decoder) error {
	return harPairs(d, func(name, value string) {
		for one := range strings.SplitSeq(value, "\n") { // a list of values
			q.pairs = append(q.pairs, queryPair{name, one})
		}
	})
}

// queryPair is a parameter as it is written, coded or not.
type queryPair struct{ name, value string }

// pairsOf returns the parameters of a query without decoding them.
func pairsOf(query string) (all []queryPair) {
	for text := range strings.SplitSeq(query, "&") {
		if text != "" {
			name, value, _ := strings.Cut(text, "=")
			all = append(all, queryPair{name, value})
		}
	}
	return all
}

// sameName reports whether a parameter of the URL has the name of a listed one.
func (p queryPair) sameName(inURL queryPair) bool { return decoded(p.name) == decoded(inURL.name) }

// equals reports whether a listed parameter is one of the URL's, coded or decoded.
func (p queryPair) equals(inURL queryPair) bool {
	same := func(listed, coded string) bool {
		return listed == coded || listed == decoded(coded) || decoded(listed) == decoded(coded)
	}
	return same(p.name, inURL.name) && same(p.value, inURL.value)
}

// decoded decodes a name or a value of a query. A text that is not coded stays.
func decoded(text string) string {
	if plain, err := url.QueryUnescape(text); err == nil {
		return plain
	}
	return text
}
