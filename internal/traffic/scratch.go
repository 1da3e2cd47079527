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
	before          string  // of the URL that was read last, what stands before the ?
	parsed          url.URL // what that is
	url             url.URL
}

// kept is headers whose memory is used again.
type kept struct {
	all    http.Header
	values []string
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

// headers gives what the headers of both sides are collected in.
func (s *Scratch) headers() (asked, answered headers) {
	if s == nil {
		return headers{}, headers{}
	}
	return s.asked.again(), s.answered.again()
}

func (k *kept) again() headers {
	if k.all == nil || len(k.all) > 64 {
		k.all, k.values = make(http.Header, 8), make([]string, 0, 16)
	}
	clear(k.all)
	return headers{all: k.all, values: k.values[:0]}
}

// address is that of a text whose beginning was read before: only the query is
// another one. It is not known where url.Parse would have more to say.
func (s *Scratch) address(text string) (*url.URL, bool) {
	if s == nil {
		return nil, false
	}
	before, query, _ := strings.Cut(text, "?")
	if before != s.before || before == "" || !simple(query) || strings.HasSuffix(text, "?") {
		return nil, false
	}
	s.url = s.parsed
	s.url.RawQuery = query
	return &s.url, true
}

// learn keeps what a text was parsed to.
func (s *Scratch) learn(text string, u *url.URL) {
	if s == nil || u.User != nil || u.Fragment != "" || strings.Contains(text, "#") {
		return
	}
	s.before, _, _ = strings.Cut(text, "?")
	s.parsed = *u
	s.parsed.RawQuery, s.parsed.ForceQuery = "", false
}

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
