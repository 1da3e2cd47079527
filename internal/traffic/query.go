package traffic

import (
	"errors"
	"net/url"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// parameters adds the parameters of request.queryString that the URL does not have. Most
// recorders list there what stands in the URL, decoded or not; some list less. Insomnia keeps
// the parameters apart from the URL, and sends both.
// https://github.com/Kong/insomnia/blob/develop/packages/insomnia/src/common/har.ts
func (r *harRequest) parameters(u *url.URL, k *knownRecorder) error {
	listed := r.Query.value.pairs
	if len(listed) == 0 {
		return nil
	}
	left, names := map[queryPair]int{}, map[string]bool{} // of the URL, decoded
	for _, p := range pairsOf(u.RawQuery) {
		left[p.decoded()]++
		names[decoded(p.name)] = true
	}
	var apart []queryPair
	for _, p := range listed {
		if p.taken(left) {
			continue
		}
		if len(names) > 0 && !k.queryApart || names[decoded(p.name)] {
			return errQuery
		}
		apart = append(apart, p)
	}
	if len(apart) > 0 && len(apart) < len(listed) {
		return errQuery // the URL has some of them
	}
	query := []byte(u.RawQuery)
	for _, p := range apart {
		if len(query) > 0 {
			query = append(query, '&')
		}
		query = append(append(append(query, url.QueryEscape(p.name)...), '='), url.QueryEscape(p.value)...)
	}
	u.RawQuery = string(query)
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

func (p queryPair) decoded() queryPair { return queryPair{decoded(p.name), decoded(p.value)} }

// taken removes a listed parameter from those of the URL, which are decoded. It may be listed
// as it is coded, or decoded.
func (p queryPair) taken(left map[queryPair]int) bool {
	d := p.decoded()
	for _, one := range []queryPair{p, d, {p.name, d.value}, {d.name, p.value}} {
		if left[one] > 0 {
			left[one]--
			return true
		}
	}
	return false
}

// decoded decodes a name or a value of a query. A text that is not coded stays.
func decoded(text string) string {
	if plain, err := url.QueryUnescape(text); err == nil {
		return plain
	}
	return text
}
