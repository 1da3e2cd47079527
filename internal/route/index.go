package route

import (
	"cmp"
	"net/url"
	"slices"
	"strings"
)

// Index finds values by method and path. The zero value is an empty index. It is safe for
// concurrent use once everything is added.
type Index[T any] struct {
	literal   map[string][]entry[T] // by path
	root      node[T]
	templates bool     // whether a path has a parameter
	methods   []string // of all paths, sorted
}

type entry[T any] struct {
	method string
	value  T
}

// node is a position between two segments.
type node[T any] struct {
	literals map[string]*node[T]
	beside   []branch[T] // parameters with text beside them, the longest text first, then the longest before
	any      *node[T]    // a parameter alone
	here     []entry[T]  // the templates that end here
}

type branch[T any] struct {
	segment
	to *node[T]
}

// Add adds a template. If there is one with this method and shape already, it stays and
// Add returns false.
func (x *Index[T]) Add(method string, t Template, value T) bool {
	if len(t.segments) == 0 {
		return false
	}
	at := &x.root
	for _, s := range t.segments {
		at = at.next(s)
	}
	if named(at.here, method) != nil {
		return false
	}
	if i, known := slices.BinarySearch(x.methods, method); !known {
		x.methods = slices.Insert(x.methods, i, method)
	}
	added := entry[T]{method, value}
	at.here = append(at.here, added)
	if !t.Literal() {
		x.templates = true
		return true
	}
	if x.literal == nil {
		x.literal = map[string][]entry[T]{}
	}
	x.literal[t.text] = append(x.literal[t.text], added)
	return true
}

// next returns the node after a segment, and makes it if there is none.
func (n *node[T]) next(s segment) *node[T] {
	switch {
	case s.name == "":
		if n.literals == nil {
			n.literals = map[string]*node[T]{}
		}
		if n.literals[s.before] == nil {
			n.literals[s.before] = &node[T]{}
		}
		return n.literals[s.before]
	case s.before == "" && s.after == "":
		if n.any == nil {
			n.any = &node[T]{}
		}
		return n.any
	}
	for _, b := range n.beside {
		if b.before == s.before && b.after == s.after {
			return b.to
		}
	}
	made := branch[T]{s, &node[T]{}}
	n.beside = append(n.beside, made)
	slices.SortStableFunc(n.beside, func(a, b branch[T]) int {
		return cmp.Or(cmp.Compare(len(b.before)+len(b.after), len(a.before)+len(a.after)), cmp.Compare(len(b.before), len(a.before)))
	})
	return made.to
}

func named[T any](all []entry[T], method string) *entry[T] {
	for i := range all {
		if all[i].method == method {
			return &all[i]
		}
	}
	return nil
}

// Find returns the value of the most specific template that matches a path and has the
// method. It allocates nothing, unless the path has an encoded slash.
func (x *Index[T]) Find(method string, u *url.URL) (value T, ok bool) {
	text, escaped := pathOf(u)
	if !escaped {
		if found := named(x.literal[text], method); found != nil {
			return found.value, true
		}
	}
	if rest, rooted := strings.CutPrefix(text, "/"); rooted && x.templates {
		if found := x.root.find(method, rest, escaped); found != nil {
			return found.value, true
		}
	}
	if escaped && !EncodedSlash(u) {
		if found := named(x.literal[u.Path], method); found != nil {
			return found.value, true
		}
	}
	return value, false
}

// Methods returns the methods of all templates that match a path, sorted.
func (x *Index[T]) Methods(u *url.URL) []string {
	var all []string
	for _, method := range x.methods {
		if _, ok := x.Find(method, u); ok {
			all = append(all, method)
		}
	}
	return all
}

func (n *node[T]) find(method, rest string, escaped bool) *entry[T] {
	part, after, more := strings.Cut(rest, "/")
	text, ok := decode(part, escaped)
	if !ok {
		return nil
	}
	visit := func(to *node[T]) *entry[T] {
		if more {
			return to.find(method, after, escaped)
		}
		return named(to.here, method)
	}
	if to := n.literals[text]; to != nil {
		if found := visit(to); found != nil {
			return found
		}
	}
	for i := range n.beside {
		if _, ok := n.beside[i].match(text); ok {
			if found := visit(n.beside[i].to); found != nil {
				return found
			}
		}
	}
	if n.any != nil && text != "" {
		return visit(n.any)
	}
	return nil
}
