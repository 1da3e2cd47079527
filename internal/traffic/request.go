package traffic

import (
	"bytes"
	"errors"
	"iter"
	"slices"
	"strings"
	"unicode"

	"github.com/go-json-experiment/json/jsontext"
	"go.yaml.in/yaml/v3"

	"assay/internal/contract"
)

// Request returns method and URL of an entry whose Exchange fails, as far as they can be
// read, to find out whose entry it is. ok is false if the URL cannot be read or stands
// twice. whole is false if the entry breaks off, so that it may hold more than one.
func (e *Entry) Request() (r contract.Request, whole, ok bool) {
	var method, text string
	switch inCassette := strings.HasPrefix(e.of.front, Cassette+":"); {
	case inCassette && !bytes.HasPrefix(e.raw, []byte("{")):
		method, text, ok = addressedYAML(e.raw)
		whole = ok
	case inCassette:
		method, text, whole, ok = addressedJSON(e.raw, "url", "uri")
	case bytes.Contains(e.raw, []byte(`url`)): // most damaged lines have no URL
		method, text, whole, ok = addressedJSON(e.raw, "url")
	}
	if !ok {
		return r, false, false
	}
	u, err := address(text)
	if err != nil || u.Host == "" {
		return r, false, false
	}
	return contract.Request{Method: method, URL: u}, whole, true
}

// Mentions reports whether the entry contains one of the texts, which are in lower case, in
// any case. Its memory does not depend on their number.
func (e *Entry) Mentions(texts iter.Seq[string]) bool {
	in := func(raw []byte) bool {
		for text := range texts {
			if bytes.Contains(raw, []byte(text)) {
				return true
			}
		}
		return false
	}
	return in(e.raw) || bytes.ContainsFunc(e.raw, unicode.IsUpper) && in(bytes.ToLower(e.raw))
}

// addressedJSON returns request.method and the URL of a JSON object, whatever else is wrong
// with it. The URL is the member with one of the names.
func addressedJSON(raw []byte, names ...string) (method, url string, whole, ok bool) {
	d := jsontext.NewDecoder(bytes.NewBuffer(raw), jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	n := 0
	err := members(d, func(name string) error {
		if name != "request" || d.PeekKind() != '{' {
			return d.SkipValue()
		}
		return members(d, func(name string) error {
			is := slices.Contains(names, name)
			if !is && name != "method" || d.PeekKind() != '"' {
				return d.SkipValue()
			}
			token, err := d.ReadToken()
			switch {
			case err != nil:
			case is:
				url = token.String()
				n++
			default:
				method = token.String()
			}
			return err
		})
	})
	var misshapen memberError
	return method, url, err == nil, n == 1 && !errors.As(err, &misshapen)
}

// addressedYAML returns request.method and the URL of an interaction whose members have
// other types than expected. Values of anchors may stand before it.
func addressedYAML(raw []byte) (method, url string, ok bool) {
	var all []yaml.Node
	var item struct {
		Request map[string]yaml.Node `yaml:"request"`
	}
	if err := yaml.Unmarshal(raw, &all); err != nil || len(all) == 0 || all[len(all)-1].Decode(&item) != nil {
		return "", "", false
	}
	text := func(name string) (string, bool) {
		node, there := item.Request[name]
		if there && node.Kind == yaml.AliasNode {
			node = *node.Alias
		}
		return node.Value, there && node.Kind == yaml.ScalarNode
	}
	for _, name := range []string{"url", "uri"} {
		if url, there := text(name); there {
			method, _ := text("method")
			return method, url, true
		}
	}
	return "", "", false
}
