// Package route finds the operation of a request by its path. A path may be a template,
// such as /v1/orders/{id}, as OpenAPI 3.0 describes it.
//
// A parameter stands for one segment of the path, or for the part of a segment between
// two texts, such as {id}.json. Its value is not empty, and it is compared decoded: a
// value may contain an encoded slash.
//
// An Index has the templates of one host. Find returns the most specific template that
// matches a path and has the method: from left to right, a literal segment is more
// specific than a segment with a parameter, and of two parameters the one with more text
// beside it, then the one with more text before it. A template that lacks the method leaves the path to the next one, as most
// servers do.
//
// https://spec.openapis.org/oas/v3.0.3#patterned-fields
package route

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
)

// Template is a path, with or without parameters. The zero value matches no path.
type Template struct {
	text     string
	segments []segment
	names    []string
}

// segment is a part of a template between two slashes. With a name, it is a parameter
// between before and after; without, before is the whole segment.
type segment struct{ before, name, after string }

// Parse reads a template. It is an error if a parameter has no name or stands twice, or if
// two parameters share a segment, because a path could then be read in two ways.
func Parse(text string) (Template, error) {
	t := Template{text: text}
	rest, rooted := strings.CutPrefix(text, "/")
	if !rooted {
		return t, errors.New("the path does not begin with a slash")
	}
	for _, part := range strings.Split(rest, "/") {
		s, err := parseSegment(part)
		if err != nil {
			return Template{text: text}, err
		}
		if s.name != "" && slices.Contains(t.names, s.name) {
			return Template{text: text}, fmt.Errorf("the path has the parameter {%s} twice", s.name)
		}
		if s.name != "" {
			t.names = append(t.names, s.name)
		}
		t.segments = append(t.segments, s)
	}
	return t, nil
}

func parseSegment(part string) (segment, error) {
	before, rest, open := strings.Cut(part, "{")
	name, after, closed := strings.Cut(rest, "}")
	switch {
	case !open && !strings.Contains(part, "}"):
		return segment{before: part}, nil
	case !open || !closed || strings.Contains(before, "}"):
		return segment{}, errors.New("a brace in the path has no counterpart")
	case name == "":
		return segment{}, errors.New("a parameter in the path has no name")
	case strings.Trim(name, nameCharacters) != "":
		return segment{}, errors.New("the name of a parameter in the path may have A-Z, a-z, 0-9, - and _ only")
	case strings.ContainsAny(after, "{}"):
		return segment{}, errors.New("two parameters share a segment of the path; a segment may have one")
	}
	return segment{before, name, after}, nil
}

const nameCharacters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_"

// Text returns the template as it was written.
func (t Template) Text() string { return t.text }

// Names returns the names of the parameters, in the order of the path.
func (t Template) Names() []string { return t.names }

// Words returns the texts of the segments, without the names of parameters.
func (t Template) Words() []string {
	var all []string
	for _, s := range t.segments {
		all = append(all, s.before, s.after)
	}
	return slices.DeleteFunc(all, func(one string) bool { return one == "" })
}

// Literal reports whether the template has no parameter.
func (t Template) Literal() bool { return len(t.names) == 0 }

// Shape returns the template without the names of its parameters. Two templates with one
// shape match the same paths.
func (t Template) Shape() string {
	if t.Literal() {
		return t.text
	}
	var b strings.Builder
	for _, s := range t.segments {
		b.WriteString("/" + s.before)
		if s.name != "" {
			b.WriteString("{}" + s.after)
		}
	}
	return b.String()
}

// Begins reports whether the path begins with a parameter, so that the template matches
// nearly any path.
func (t Template) Begins() bool { return len(t.segments) > 0 && t.segments[0].name != "" }

// Below returns the template below a literal path, such as the base path of a server.
func (t Template) Below(base string) Template {
	base = strings.TrimSuffix(base, "/")
	if base == "" {
		return t
	}
	below := Template{text: base + t.text, names: t.names}
	for _, part := range strings.Split(strings.TrimPrefix(base, "/"), "/") {
		below.segments = append(below.segments, segment{before: part})
	}
	below.segments = append(below.segments, t.segments...)
	return below
}

// Path returns the escaped path with these values. A value that is missing or empty is an
// error: no path has it.
func (t Template) Path(values map[string]string) (string, error) {
	var b strings.Builder
	for _, s := range t.segments {
		text := s.before
		if s.name != "" {
			value := values[s.name]
			if value == "" {
				return "", fmt.Errorf("the path %s needs a value for {%s}", t.text, s.name)
			}
			text += value + s.after
		}
		b.WriteString("/" + escape(text))
	}
	return b.String(), nil
}

// escape escapes a segment. Dots alone would be read as a step up.
func escape(text string) string {
	if text == "." || text == ".." {
		return strings.ReplaceAll(text, ".", "%2E")
	}
	return url.PathEscape(text)
}

// match returns the value of the parameter in a decoded segment.
func (s segment) match(text string) (value string, ok bool) {
	if s.name == "" {
		return "", text == s.before
	}
	if len(text) <= len(s.before)+len(s.after) || !strings.HasPrefix(text, s.before) || !strings.HasSuffix(text, s.after) {
		return "", false
	}
	return text[len(s.before) : len(text)-len(s.after)], true
}

// fold is match without regard to the case of the text beside the parameter.
func (s segment) fold(text string) bool {
	if s.name == "" {
		return strings.EqualFold(text, s.before)
	}
	return len(text) > len(s.before)+len(s.after) && strings.EqualFold(text[:len(s.before)], s.before) && strings.EqualFold(text[len(text)-len(s.after):], s.after)
}
