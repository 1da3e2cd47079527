package route

import (
	"net/url"
	"path"
	"strings"
)

// Values appends the decoded values of the parameters in a URL to some, in the order of
// Names. The path may begin with anything, such as the base path of a server. ok is false
// if it does not end as the template says.
func (t Template) Values(to []string, u *url.URL) (values []string, ok bool) {
	if u == nil || t.Literal() {
		return to, false
	}
	rest, escaped := pathOf(u)
	first := len(to)
	for range t.names {
		to = append(to, "")
	}
	free := len(to)
	for i := len(t.segments) - 1; i >= 0; i-- {
		slash := strings.LastIndexByte(rest, '/')
		if slash < 0 {
			return to[:first], false
		}
		text, ok := decode(rest[slash+1:], escaped)
		if !ok {
			return to[:first], false
		}
		value, ok := t.segments[i].match(text)
		if !ok {
			return to[:first], false
		}
		if t.segments[i].name != "" {
			free--
			to[free] = value
		}
		rest = rest[:slash]
	}
	return to, true
}

// Matches reports whether the path of a URL is one of the template.
func (t Template) Matches(u *url.URL) bool {
	if t.Literal() {
		return t.text == u.Path && !EncodedSlash(u)
	}
	var room [4]string
	text, _ := pathOf(u)
	_, ok := t.Values(room[:0], u)
	return ok && strings.Count(text, "/") == len(t.segments)
}

// Value returns the decoded value of one parameter in a URL.
func (t Template) Value(name string, u *url.URL) (value string, ok bool) {
	var room [4]string
	values, ok := t.Values(room[:0], u)
	if !ok {
		return "", false
	}
	for i, known := range t.names {
		if known == name {
			return values[i], true
		}
	}
	return "", false
}

// Rewrite returns a copy of a URL in which change has replaced the value of each
// parameter, and literal the decoded text of each other segment. It returns the URL itself
// if the path does not end as the template says.
func (t Template) Rewrite(u *url.URL, change func(name, value string) string, literal func(text string) string) (rewritten *url.URL, ok bool) {
	if _, ok := t.Values(nil, u); !ok {
		return u, false
	}
	text, escaped := pathOf(u)
	parts := strings.Split(text, "/")
	first := len(parts) - len(t.segments)
	for i := range parts {
		decoded, _ := decode(parts[i], escaped) // Values has decoded the parts of the template
		switch {
		case i < first || t.segments[i-first].name == "":
			parts[i] = escape(literal(decoded))
		default:
			s := t.segments[i-first]
			value, _ := s.match(decoded)
			parts[i] = escape(s.before + change(s.name, value) + s.after)
		}
	}
	copied := *u
	SetPath(&copied, strings.Join(parts, "/"))
	return &copied, true
}

// SetPath sets an escaped path. A path that is not escaped correctly is set as it is.
func SetPath(u *url.URL, escaped string) {
	decoded, err := url.PathUnescape(escaped)
	if err != nil {
		u.Path, u.RawPath = escaped, ""
		return
	}
	u.Path, u.RawPath = decoded, escaped
	if (&url.URL{Path: decoded}).EscapedPath() == escaped {
		u.RawPath = ""
	}
}

// EndsFolded reports whether a cleaned path ends as the template says, apart from upper
// and lower case, and how many segments stand before that.
func (t Template) EndsFolded(clean string) (before int, ok bool) {
	own := t.clean()
	for i := len(own) - 1; i >= 0; i-- {
		slash := strings.LastIndexByte(clean, '/')
		if slash < 0 || !own[i].fold(clean[slash+1:]) {
			return 0, false
		}
		clean = clean[:slash]
	}
	return strings.Count(clean, "/"), true
}

// Fill returns the template with the values that stand in a cleaned path, counted from its
// end. It is what the path would be if it ended as the template says.
func (t Template) Fill(clean string) string {
	parts := strings.Split(strings.TrimPrefix(clean, "/"), "/")
	var b strings.Builder
	own := t.clean()
	for i, s := range own {
		b.WriteString("/" + s.before)
		at := len(parts) - len(own) + i
		switch {
		case s.name == "":
		case at >= 0 && s.fold(parts[at]):
			b.WriteString(parts[at][len(s.before):len(parts[at])-len(s.after)] + s.after)
		default:
			b.WriteString("{" + s.name + "}" + s.after)
		}
	}
	return b.String()
}

// clean returns the segments without a trailing empty one.
func (t Template) clean() []segment {
	if n := len(t.segments); n > 1 && t.segments[n-1] == (segment{}) {
		return t.segments[:n-1]
	}
	return t.segments
}

// Clean returns the decoded path of a URL without repeated and trailing slashes, dot
// segments, and spaces around it. A slash in a value stays apart from those that separate
// segments: it becomes U+2215.
func Clean(u *url.URL) string {
	text, escaped := pathOf(u)
	if escaped {
		parts := strings.Split(text, "/")
		for i := range parts {
			decoded, _ := decode(parts[i], true) // an invalid escape gives ""
			parts[i] = strings.ReplaceAll(decoded, "/", "\u2215")
		}
		text = strings.Join(parts, "/")
	}
	return CleanText(text)
}

// CleanText is Clean for a decoded path.
func CleanText(text string) string { return path.Clean("/" + strings.Trim(text, " \t\r\n\u00a0")) }

// pathOf returns the path of a URL, and whether its segments are escaped. Most are not.
func pathOf(u *url.URL) (text string, escaped bool) {
	if u.RawPath == "" {
		return u.Path, false
	}
	return u.EscapedPath(), true
}

// EncodedSlash reports whether a path has a slash as %2F. It does not separate segments:
// RFC 3986, section 2.2.
func EncodedSlash(u *url.URL) bool {
	return u.RawPath != "" && strings.Count(u.Path, "/") != strings.Count(u.EscapedPath(), "/")
}

func decode(segment string, escaped bool) (text string, ok bool) {
	if !escaped || strings.IndexByte(segment, '%') < 0 {
		return segment, true
	}
	text, err := url.PathUnescape(segment)
	return text, err == nil
}
