package client

import (
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"assay/internal/contract"
)

// formType is the media type of forms.
const formType = "application/x-www-form-urlencoded"

// encodeBody turns a stated body into the bytes of a media type. A body that is a text is
// sent as those bytes.
func encodeBody(media string, body []byte) []byte {
	if len(body) == 0 {
		return nil
	}
	if text, isText := contract.String(body); isText {
		return []byte(text)
	}
	if media != formType {
		return body
	}
	value, err := contract.Decode(body)
	if err != nil {
		return body
	}
	return []byte(strings.Join(formPairs("", value), "&"))
}

// formPairs returns a value in bracket notation: a[b]=c for a member of an object, a[]=c for
// an item of a list. Members come in the order of their names.
func formPairs(name string, value any) []string {
	var pairs []string
	switch v := value.(type) {
	case map[string]any:
		for _, member := range slices.Sorted(maps.Keys(v)) {
			below := member
			if name != "" {
				below = name + "[" + member + "]"
			}
			pairs = append(pairs, formPairs(below, v[member])...)
		}
	case []any:
		for i, item := range v {
			below := name + "[]"
			if _, scalar := contract.Text(item); !scalar {
				below = name + "[" + strconv.Itoa(i) + "]"
			}
			pairs = append(pairs, formPairs(below, item)...)
		}
	default:
		text, _ := contract.Text(v) // null is sent as an empty text
		pairs = append(pairs, url.QueryEscape(name)+"="+url.QueryEscape(text))
	}
	return pairs
}
