package traffic

import (
	"net/http"
	"net/url"
	"strings"

	"assay/internal/contract"
)

// Scratch is memory that is used again from one exchange to the next. One
// goroutine uses it.
type Scratch struct {
	arena           []byte
	asked, answered kept
	before          [16]begun // URLs that were read
	oldest          int       // of them
	query           string    // of the last one
	url             url.URL
}

// begun is what stands before the ? of a URL, and what that is.
type begun struct {
	text   string
	parsed url.URL
}

// most is how much is kept from one entry to the next, in bytes: one that is
// larger has memory of its own.
const most = 1 << 20

// Into parses the entry as Exchange does, into memory that is used again: what
// it gives stands until the next entry is parsed into it. The exchange does not
// say its Origin, which the entry does.
func (e *Entry) Into(s *Scratch) (contract.Exchange, error) { return e.exchange(s) }

// space gives an arena for what is unescaped of a text so long; nil: it has to be
// made.
func (s *Scratch) space(length int) []byte {
	if s == nil || length > most {
		return nil
	}
	if len(s.arena) < length {
		s.arena = make([]byte, 2*length)
	}
	return s.arena
}

// sides gives what remembers the headers of both sides of a text so long; nil:
// they are made anew.
func (s *Scratch) sides(length int) (asked, answered *kept) {
	if s == nil || length > heavy {
		return nil, nil
	}
	return &s.asked, &s.answered
}

// address is that of a text whose beginning was read before: only the query is
// another one. It is not known where url.Parse would have more to say.
func (s *Scratch) address(text string) (*url.URL, bool) {
	if s == nil {
		return nil, false
	}
	before, query, _ := strings.Cut(text, "?")
	if before == "" || !simple(query) || strings.HasSuffix(text, "?") {
		return nil, false
	}
	for i := range s.before {
		if s.before[i].text == before {
			if s.query != query {
				s.query = strings.Clone(query)
			}
			s.url = s.before[i].parsed
			s.url.RawQuery = s.query
			return &s.url, true
		}
	}
	return nil, false
}

// method gives a method as a text that lasts.
func method(text string) string {
	for _, known := range []string{http.MethodPost, http.MethodGet, http.MethodPut, http.MethodPatch, http.MethodDelete} {
		if text == known {
			return known
		}
	}
	return strings.Clone(text)
}

// learn keeps what a text was parsed to.
func (s *Scratch) learn(text string, u *url.URL) {
	if s == nil || u.User != nil || strings.Contains(text, "#") || len(text) > longestURL {
		return
	}
	b := &s.before[s.oldest]
	b.text, _, _ = strings.Cut(text, "?")
	b.parsed = *u
	b.parsed.RawQuery, b.parsed.ForceQuery = "", false
	s.oldest = (s.oldest + 1) % len(s.before)
}

// longestURL is how long a URL may be that is remembered.
const longestURL = 2048

// simple tells whether a query is nothing but characters that stand for
// themselves.
func simple(query string) bool {
	for i := range len(query) {
		if c := query[i]; c <= ' ' || c >= 0x7f || c == '#' {
			return false
		}
	}
	return true
}
