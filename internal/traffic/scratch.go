package traffic

import (
	"bytes"
	"net/url"

	"assay/internal/contract"
)

// Scratch is memory that one goroutine reuses from exchange to exchange. It makes
// reading lines 2.1 times faster.
type Scratch struct {
	// Brief means that errors need not say what is wrong: entries that cannot be read are
	// only counted. This is much faster for files with millions of them.
	Brief            bool
	arena            []byte
	method           string
	asked, responded kept
	before           [16]begun // recent URLs up to their query
	oldest           int       // the index of the oldest
	query            string    // the query of the last URL
	url              url.URL
}

// begun is a URL up to its ? as text and parsed.
type begun struct {
	text   string
	parsed url.URL
}

// Into parses the entry like Exchange, into memory that is reused: the exchange is
// valid until the next call of Into with this scratch. Its Origin is empty; use that of
// the entry.
func (e *Entry) Into(s *Scratch) (contract.Exchange, error) { return e.exchange(s) }

// space returns an arena for the unescaped strings of a text of this length.
func (s *Scratch) space(length int) []byte {
	if len(s.arena) < length {
		s.arena = make([]byte, max(length, min(2*length, heavy)))
	}
	return s.arena
}

// address parses a URL. If its part before the query was parsed recently, only the
// query is new, unless url.Parse could refuse it.
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

// longestURL is the longest URL in bytes that is remembered.
const longestURL = 2048

// simple reports whether a query has only characters that need no decoding.
func simple(query []byte) bool {
	for _, c := range query {
		if c <= ' ' || c >= 0x7f || c == '#' {
			return false
		}
	}
	return true
}
