package traffic

import (
	"bytes"
	"net/url"

	"assay/internal/contract"
)

// Scratch is memory that is used again from one exchange to the next. One
// goroutine uses it. Lines are read 2.1 times as fast as with memory that is made
// anew for each.
type Scratch struct {
	arena            []byte
	method           string
	asked, responded kept
	before           [16]begun // URLs that were read
	oldest           int       // of them
	query            string    // of the last one
	url              url.URL
}

// begun is what stands before the ? of a URL, and what that is.
type begun struct {
	text   string
	parsed url.URL
}

// Into parses the entry as Exchange does, into memory that is used again: what
// it gives stands until the next entry is parsed into it. The exchange does not
// say its Origin, which the entry does.
func (e *Entry) Into(s *Scratch) (contract.Exchange, error) { return e.exchange(s) }

// space gives an arena for what is unescaped of a text so long.
func (s *Scratch) space(length int) []byte {
	if len(s.arena) < length {
		s.arena = make([]byte, max(length, min(2*length, heavy)))
	}
	return s.arena
}

// address reads a URL. Of one whose beginning was read before only the query is
// looked at, unless url.Parse would have more to say of that.
func (s *Scratch) address(text []byte) (*url.URL, error) {
	before, query, _ := bytes.Cut(text, []byte("?"))
	if len(before) > 0 && simple(query) && !bytes.HasSuffix(text, []byte("?")) {
		for i := range s.before {
			if s.before[i].text == string(before) {
				if s.query != string(query) {
					s.query = string(query)
				}
				s.url = s.before[i].parsed
				s.url.RawQuery = s.query
				return &s.url, nil
			}
		}
	}
	u, err := address(string(text))
	if err == nil && u.User == nil && !bytes.Contains(text, []byte("#")) && len(text) <= longestURL {
		b := &s.before[s.oldest]
		b.text, b.parsed = string(before), *u
		b.parsed.RawQuery, b.parsed.ForceQuery = "", false
		s.oldest = (s.oldest + 1) % len(s.before)
	}
	return u, err
}

// longestURL is how long a URL may be that is remembered.
const longestURL = 2048

// simple tells whether a query is nothing but characters that stand for
// themselves.
func simple(query []byte) bool {
	for _, c := range query {
		if c <= ' ' || c >= 0x7f || c == '#' {
			return false
		}
	}
	return true
}
