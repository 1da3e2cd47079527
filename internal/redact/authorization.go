package redact

import (
	"net/http"
	"strings"

	"assay/internal/contract"
)

// authorization redacts the credentials of an Authorization header, RFC 9110 section
// 11.4. Published credentials stay. A wrong value becomes a mark that differs from the
// mark of the right one.
func (s *Redactor) authorization(header string) string {
	scheme, credentials, two := strings.Cut(header, " ")
	if !two {
		return s.credential(header)
	}
	user, password, ok := contract.Basic(http.Header{"Authorization": {header}})
	if !ok {
		return scheme + " " + s.credential(credentials)
	}
	safe := http.Request{Header: http.Header{}}
	safe.SetBasicAuth(s.credential(user), s.credential(password))
	return scheme + strings.TrimPrefix(safe.Header.Get("Authorization"), "Basic") // keeps the scheme as it is written
}

func (s *Redactor) credential(value string) string {
	by, known := s.learned[value]
	switch {
	case known:
		return by.text
	case value == "" || s.kept[value] || marked(value):
		return value
	}
	return markOther
}
