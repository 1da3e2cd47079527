package media

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// pair is a name and a value of a form.
type pair struct {
	name, value string
	raw         string // the name as written
	text        string // name and value as written
	at          []string
}

// MaxValues is how many values a form can have, and how many names in brackets. Each takes
// up to 400 bytes of memory, and a form of 10 MB could have five million.
const MaxValues = 100_000

// ErrTooLarge is the error for a form with more than MaxValues.
var ErrTooLarge = fmt.Errorf("it has more than %d values", MaxValues)

// Pairs visits the names and values of a form one by one, however many it has. Those that
// cannot be decoded are left out.
func Pairs(body []byte) iter.Seq2[string, string] {
	return func(yield func(name, value string) bool) {
		for one := range bytes.SplitSeq(body, []byte("&")) {
			p, err := pairOf(string(one))
			if len(one) > 0 && err == nil && !yield(p.name, p.value) {
				return
			}
		}
	}
}

var errPercent = errors.New("a % without two hexadecimal digits")

func pairOf(text string) (p pair, err error) {
	raw, value, _ := strings.Cut(text, "=")
	p = pair{raw: raw, text: text}
	var also error
	if p.name, err = url.QueryUnescape(raw); err == nil {
		p.value, also = url.QueryUnescape(value)
	}
	switch {
	case err != nil || also != nil:
		return p, errPercent
	case !utf8.ValidString(p.name) || !utf8.ValidString(p.value):
		return p, errUTF8
	}
	return p, nil
}

// pairs reads a form. Empty pairs are skipped, as all readers do.
func pairs(body []byte) ([]*pair, error) {
	var all []*pair
	at := 0
	for one := range strings.SplitSeq(string(body), "&") {
		if one == "" {
			at++
			continue
		}
		p, err := pairOf(one)
		switch {
		case errors.Is(err, errPercent):
			return nil, fmt.Errorf("%w after byte %d", err, at)
		case err != nil:
			return nil, err
		case len(all) == MaxValues:
			return nil, ErrTooLarge
		}
		all = append(all, &p)
		at += len(one) + 1
	}
	return all, nil
}

// node is a value of a form, or a group of values.
type node struct {
	values   []*pair // the values under this very name
	names    []string
	children map[string]*node
	next     int // the position of the next item
}

// tree joins the pairs of a form by their names.
func tree(all []*pair) (*node, error) {
	root, left := &node{}, MaxValues
	for _, p := range all {
		parts := split(p.name)
		if left -= len(parts); left < 0 {
			return nil, ErrTooLarge
		}
		if len(parts) > deepest {
			return nil, fmt.Errorf("a name is nested deeper than %d", deepest)
		}
		n := root
		for i, part := range parts {
			if i > 0 && part == "" {
				part = n.item(parts[i+1:])
			}
			n = n.child(part)
		}
		n.values = append(n.values, p)
	}
	return root, nil
}

// item returns the position that empty brackets stand for. a[][b]=1&a[][c]=2 is one item
// with two members; a[][b]=1&a[][b]=2 is two items.
func (n *node) item(rest []string) string {
	if last := strconv.Itoa(n.next - 1); len(rest) > 0 && n.next > 0 && n.children[last] != nil && !n.children[last].has(rest) {
		return last
	}
	return strconv.Itoa(n.next)
}

// has reports whether a value stands at the end of the parts.
func (n *node) has(parts []string) bool {
	for _, part := range parts {
		if part == "" {
			return false // it adds to a list inside
		}
		if n = n.children[part]; n == nil {
			return false
		}
	}
	return true
}

func (n *node) child(part string) *node {
	if next := n.children[part]; next != nil {
		return next
	}
	if n.children == nil {
		n.children = map[string]*node{}
	}
	if i, is := position(part); is && i >= n.next {
		n.next = i + 1
	}
	next := &node{}
	n.names, n.children[part] = append(n.names, part), next
	return next
}

// positions returns the children in the order of their positions, if all are positions.
// gaps reports that a position is missing.
func (n *node) positions() (order []string, gaps, are bool) {
	for _, name := range n.names {
		if _, is := position(name); !is {
			return nil, false, false
		}
	}
	order = slices.SortedFunc(slices.Values(n.names), func(a, b string) int {
		i, _ := position(a)
		j, _ := position(b)
		return i - j
	})
	return order, n.next != len(order), true
}

func formToJSON(body []byte, types *Types) ([]byte, error) {
	if types != nil && isJSON(body) {
		return nil, errIsJSON
	}
	all, err := pairs(body)
	if err != nil {
		return nil, err
	}
	root, err := tree(all)
	if err != nil {
		return nil, err
	}
	w := &writer{typed: types != nil, out: make([]byte, 0, len(body)+len(body)/4)}
	if err := w.members(root, root.names, types); err != nil {
		return nil, err
	}
	return w.out, nil
}

// writer writes a tree as JSON, and the place of each pair in it.
type writer struct {
	out   []byte
	at    []string
	typed bool
}

func (w *writer) value(n *node, types *Types) error {
	switch {
	case len(n.values) > 0 && len(n.names) > 0:
		return errors.New("a name has a value, and members too")
	case len(n.names) > 0:
		order, gaps, are := n.positions()
		if are && (types != nil && types.List && !types.Object || !gaps && (types == nil || !types.Object)) {
			return w.items(len(order), func(i int) error { return w.value(n.children[order[i]], types.items()) })
		}
		return w.members(n, n.names, types)
	case types != nil && types.List && !types.scalar(), !w.typed && len(n.values) > 1, types != nil && types.List && len(n.values) > 1:
		return w.items(len(n.values), func(i int) error { w.scalar(n.values[i], types.items()); return nil })
	case len(n.values) > 1:
		return errors.New("a name that is no list is there twice")
	}
	w.scalar(n.values[0], types)
	return nil
}

func (w *writer) members(n *node, names []string, types *Types) error {
	w.out = append(w.out, '{')
	for i, name := range names {
		if i > 0 {
			w.out = append(w.out, ',')
		}
		w.out = append(appendText(w.out, name), ':')
		w.at = append(w.at, name)
		if err := w.value(n.children[name], types.member(name)); err != nil {
			return err
		}
		w.at = w.at[:len(w.at)-1]
	}
	w.out = append(w.out, '}')
	return nil
}

func (w *writer) items(count int, item func(i int) error) error {
	if len(w.at) == 1 && (w.at[0] == "" || strings.ContainsAny(w.at[0], "[]")) {
		return errors.New("the name of a list is empty, or its brackets do not close")
	}
	w.out = append(w.out, '[')
	for i := range count {
		if i > 0 {
			w.out = append(w.out, ',')
		}
		w.at = append(w.at, strconv.Itoa(i))
		if err := item(i); err != nil {
			return err
		}
		w.at = w.at[:len(w.at)-1]
	}
	w.out = append(w.out, ']')
	return nil
}

func (w *writer) scalar(p *pair, types *Types) {
	p.at = slices.Clone(w.at)
	text := p.value
	switch {
	case types == nil:
	case types.Number && isNumber(text), types.Boolean && (text == "true" || text == "false"):
		w.out = append(w.out, text...)
		return
	case types.Null && text == "":
		w.out = append(w.out, "null"...)
		return
	}
	w.out = appendText(w.out, text)
}

func isNumber(text string) bool {
	digit := func(c byte) bool { return c >= '0' && c <= '9' }
	return text != "" && (text[0] == '-' || digit(text[0])) && digit(text[len(text)-1]) && json.Valid([]byte(text))
}

// scalar reports whether the documents allow a value without members or items.
func (t *Types) scalar() bool { return t.Text || t.Number || t.Boolean }

func (t *Types) items() *Types {
	if t == nil {
		return nil
	}
	return t.Items
}

func (t *Types) member(name string) *Types {
	if t == nil {
		return nil
	}
	if m := t.Members[name]; m != nil {
		return m
	}
	return t.Values
}
