package media

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/url"
	"strconv"
	"strings"
)

func escape(text string) string { return url.QueryEscape(text) }

// leaf is a text, number, boolean or null in JSON.
type leaf struct {
	at   []string
	text string
}

// rewriteForm writes JSON as a form. Pairs of the old form whose place is still there keep
// their order and spelling.
func rewriteForm(old, changed []byte, types *Types) ([]byte, error) {
	leaves, err := leavesOf(changed)
	if err != nil {
		return nil, err
	}
	left := map[string]leaf{}
	for _, l := range leaves {
		left[pointer(l.at)] = l
	}
	var out []string
	plain := map[string]string{} // how lists without positions are named, by place
	for _, p := range placed(old, types) {
		place := pointer(p.at)
		if parts := split(p.name); parts[len(parts)-1] == "" && len(parts) > 1 || len(parts) == len(p.at)-1 { // a[]=1, a=1&a=2
			n := len(p.at)
			plain[pointer(p.at[:n-1])] = p.raw
		}
		l, stays := left[place]
		if !stays {
			continue
		}
		delete(left, place)
		if l.text == p.value {
			out = append(out, p.text)
			continue
		}
		out = append(out, p.raw+"="+escape(l.text))
	}
	for _, l := range leaves {
		if _, is := left[pointer(l.at)]; !is {
			continue
		}
		name := plain[pointer(l.at[:max(0, len(l.at)-1)])]
		if name == "" {
			name = join(l.at)
		}
		out = append(out, name+"="+escape(l.text))
	}
	return []byte(strings.Join(out, "&")), nil
}

// placed returns the pairs of a form with their places in its JSON; none if it has none.
func placed(form []byte, types *Types) []*pair {
	all, err := pairs(form)
	if err != nil {
		return nil
	}
	root, err := tree(all)
	if err != nil {
		return nil
	}
	w := &writer{typed: types != nil}
	if w.members(root, root.names, types) != nil {
		return nil
	}
	return all
}

// leavesOf lists the values of a JSON object that a form can hold, in their order.
func leavesOf(raw []byte) ([]leaf, error) {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	open, err := d.Token()
	if err != nil || open != json.Delim('{') {
		return nil, errors.New("a form is written from an object")
	}
	r := &leafReader{d: d}
	if err := r.members(); err != nil {
		return nil, err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("text after the JSON value")
	}
	return r.all, nil
}

type leafReader struct {
	d   *json.Decoder
	at  []string
	all []leaf
}

func (r *leafReader) below(token string) error {
	r.at = append(r.at, token)
	err := r.value()
	r.at = r.at[:len(r.at)-1]
	return err
}

func (r *leafReader) value() error {
	if len(r.at) > deepest {
		return errors.New("nested too deep")
	}
	t, err := r.d.Token()
	if err != nil {
		return errors.New("not JSON")
	}
	text := ""
	switch v := t.(type) {
	case json.Delim:
		if v == '{' {
			return r.members()
		}
		for i := 0; r.d.More(); i++ {
			if err := r.below(strconv.Itoa(i)); err != nil {
				return err
			}
		}
		_, err := r.d.Token()
		return err
	case string:
		text = v
	case json.Number:
		text = v.String()
	case bool:
		text = strconv.FormatBool(v)
	}
	r.all = append(r.all, leaf{append([]string(nil), r.at...), text})
	return nil
}

func (r *leafReader) members() error {
	for r.d.More() {
		name, err := r.d.Token()
		if err != nil {
			return errors.New("not JSON")
		}
		text, _ := name.(string) // the decoder allows nothing else here
		if err := r.below(text); err != nil {
			return err
		}
	}
	_, err := r.d.Token()
	return err
}
