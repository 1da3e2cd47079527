package redact

import (
	"net/url"
	"strings"

	"assay/internal/contract"
	"assay/internal/route"
)

// pathValues visits the values of the parameters in a path.
func pathValues(t route.Template, u *url.URL, visit func(place contract.Place, value string)) (found bool) {
	values, found := t.Values(nil, u)
	for i, value := range values {
		visit(contract.PathParameter(t.Names()[i]), value)
	}
	return found
}

// readPath learns the values in a path.
func (s *Redactor) readPath(u *url.URL) {
	read := func(place contract.Place, value string) {
		if !marked(value) { // the path did not end as documented when it was redacted
			s.read(place, value)
		}
	}
	if !pathValues(s.path, u, read) && !s.path.Literal() {
		s.segments(u, func(segment string) string {
			s.suspect("", segment)
			return segment
		})
	}
	s.open(contract.RequestPath, u.Path)
}

// cleanPath redacts the path of a URL.
func (s *Redactor) cleanPath(u *url.URL) {
	was := u.Path
	if s.path.Literal() {
		u.Path, u.RawPath = s.text(contract.RequestPath, u.Path), ""
		s.touch(contract.RequestPath, u.Path != was)
		return
	}
	literal := func(text string) string {
		clean := s.text(contract.RequestPath, text)
		s.touch(contract.RequestPath, clean != text)
		return clean
	}
	clean, ok := s.path.Rewrite(u, func(name, value string) string { return s.value(contract.PathParameter(name), value) }, literal)
	if ok {
		*u = *clean
		return
	}
	path := s.segments(u, func(string) string { return markText })
	u.Path, u.RawPath = s.text(contract.RequestPath, path), ""
	s.touch(contract.RequestPath, u.Path != was)
}

// segments returns the decoded path of a URL in which change has replaced each segment that
// the documents do not print.
func (s *Redactor) segments(u *url.URL, change func(segment string) string) string {
	all := strings.Split(u.Path, "/")
	for i, one := range all {
		if small := folded(one); small != "" && !s.docs.Words[small] && !s.kept[one] && !marked(one) {
			all[i] = change(one)
		}
	}
	return strings.Join(all, "/")
}
