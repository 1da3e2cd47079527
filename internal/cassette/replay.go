package cassette

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"sort"
	"strings"
	"sync"

	"assay/internal/contract"
	"assay/internal/media"
	"assay/internal/route"
)

// Matching says how a request is matched with the recorded ones.
type Matching struct {
	// Path is the path of the operation. The values of its parameters have places.
	Path route.Template
	// Ignored are pointers to members that differ in every request, such as signatures
	// and timestamps. * stands for any array index.
	Ignored []contract.Pointer
	// IgnoredQuery are parameters of the query that differ in every request.
	IgnoredQuery []string
	// Hidden reports whether the value at a place must not be shown; nil hides none.
	Hidden func(place contract.Place) bool
	// Redact removes personal data from a request in the same way as from the recorded
	// ones; nil removes none.
	Redact func(contract.Request) contract.Request
}

// redacted returns a request in the form in which it is compared.
func (m Matching) redacted(method string, u *url.URL, header http.Header, body []byte) contract.Request {
	r := contract.Request{Method: method, URL: u, Header: http.Header{}, Body: body}
	if types := header["Content-Type"]; len(types) > 0 { // it says how the body is read
		r.Header["Content-Type"] = types[:1]
	}
	if m.Redact == nil {
		return r
	}
	return m.Redact(r)
}

// Player is a RoundTripper that responds from one cassette only. Method, path, query and
// body must match a recorded request; headers are left to the rules. Each interaction
// plays once. A Player is safe for concurrent use.
type Player struct {
	cassette *Cassette
	matching Matching
	mu       sync.Mutex
	index    map[string][]int // the interactions that were not played yet, by key
	recorded map[string]bool  // the keys of all interactions
	last     int
}

// Replay returns a player of the cassette.
func (t *Cassette) Replay(m Matching) *Player {
	p := &Player{cassette: t, matching: m, index: map[string][]int{}, recorded: map[string]bool{}, last: -1}
	for i, in := range t.interactions {
		u, _ := url.Parse(in.URL) // Load has parsed it before
		k := p.key(m.redacted(in.Method, u, in.Request.Headers, []byte(in.Request.Body)))
		p.index[k] = append(p.index[k], i)
		p.recorded[k] = true
	}
	return p
}

// Origin returns the name of the interaction that was played last.
func (p *Player) Origin() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.cassette.origin(p.last)
}

// Unplayed lists the names of the interactions that were not played.
func (p *Player) Unplayed() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	var left []int
	for _, list := range p.index {
		left = append(left, list...)
	}
	sort.Ints(left)
	var names []string
	for _, i := range left {
		names = append(names, p.cassette.origin(i))
	}
	return names
}

// MissError says that the cassette has no recording of a request. Differences compare
// it with the closest recorded request, without hidden values.
type MissError struct {
	Name        string
	Method      string
	Path        string
	Used        bool // the recording exists and was played already
	Differences []string
}

// OwnError marks the text as this project's, see package transport.
func (e *MissError) OwnError() {}

func (e *MissError) Error() string {
	if e.Used {
		return fmt.Sprintf("cassette: the recording of %s %s was played already", e.Method, e.Path)
	}
	text := fmt.Sprintf("cassette: no recording of %s %s", e.Method, e.Path)
	if len(e.Differences) > 0 {
		text = fmt.Sprintf("cassette: %s has no recording of this %s %s; the closest one differs:\n  %s\ncorrect the case, the adapter or the cassette, or record the case again: `assay record`",
			e.Name, e.Method, e.Path, strings.Join(e.Differences, "\n  "))
	}
	return text
}

// RoundTrip returns the recorded response, or a *MissError.
func (p *Player) RoundTrip(req *http.Request) (*http.Response, error) {
	if err := req.Context().Err(); err != nil {
		return nil, err
	}
	var body []byte
	if req.Body != nil {
		var err error
		if body, err = io.ReadAll(req.Body); err != nil {
			return nil, errors.Join(err, req.Body.Close())
		}
		if err := req.Body.Close(); err != nil {
			return nil, err
		}
	}
	asked := p.matching.redacted(req.Method, req.URL, req.Header, body)
	k := p.key(asked)
	p.mu.Lock()
	defer p.mu.Unlock()
	left := p.index[k]
	if len(left) == 0 {
		miss := &MissError{Name: p.cassette.Name, Method: req.Method, Path: documentedPath(p.matching.Path, asked.URL), Used: p.recorded[k]}
		if !miss.Used {
			miss.Differences = p.nearest(asked)
		}
		return nil, miss
	}
	p.index[k], p.last = left[1:], left[0]
	in := p.cassette.interactions[left[0]]
	return &http.Response{
		Status: in.Status, StatusCode: in.Code, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: in.Response.Headers.Clone(), Body: io.NopCloser(strings.NewReader(in.Response.Body)),
		ContentLength: int64(len(in.Response.Body)), Request: req,
	}, nil
}

func (p *Player) key(r contract.Request) string {
	return r.Method + " " + r.URL.EscapedPath() + "?" + p.query(r).Encode() + "\n" + p.canonical(r)
}

// query returns the query without the ignored parameters.
func (p *Player) query(r contract.Request) url.Values {
	query := r.URL.Query()
	for _, name := range p.matching.IgnoredQuery {
		query.Del(name)
	}
	return query
}

// canonical returns a JSON body with sorted members and without ignored ones; a form or a
// text is returned as JSON. Any other body is returned unchanged.
func (p *Player) canonical(r contract.Request) string {
	_, body := media.Read(r.Header, r.Body, nil)
	value, err := contract.Decode(body)
	if err != nil {
		return string(body)
	}
	for _, pointer := range p.matching.Ignored {
		value = without(value, contract.TokensOf(pointer))
	}
	text, err := json.Marshal(value)
	if err != nil {
		return string(body)
	}
	return string(text)
}

func without(value any, tokens []string) any {
	switch v := value.(type) {
	case map[string]any:
		if len(tokens) == 1 {
			delete(v, tokens[0])
		} else if next, ok := v[tokens[0]]; ok {
			v[tokens[0]] = without(next, tokens[1:])
		}
	case []any:
		if tokens[0] == contract.Every && len(tokens) > 1 {
			for i := range v {
				v[i] = without(v[i], tokens[1:])
			}
		}
	}
	return value
}

// nearest lists the differences of a request from the closest recorded request.
func (p *Player) nearest(r contract.Request) []string {
	asked := p.places(r)
	var best []string
	for i, in := range p.cassette.interactions {
		recorded, _ := url.Parse(in.URL)
		d := p.differences(asked, p.places(p.matching.redacted(in.Method, recorded, in.Request.Headers, []byte(in.Request.Body))))
		if i == 0 || len(d) < len(best) {
			best = d
		}
	}
	return best
}

// places returns the values of a request by place.
func (p *Player) places(r contract.Request) map[contract.Place]string {
	all := map[contract.Place]string{contract.RequestMethod: r.Method}
	spreadPath(all, p.matching.Path, r.URL)
	for name, values := range p.query(r) {
		all[contract.Query(name)] = strings.Join(values, ",")
	}
	spread(all, contract.RequestRoot, []byte(p.canonical(r)))
	return all
}

// spreadPath adds the path, or its parameters by place.
func spreadPath(all map[contract.Place]string, path route.Template, u *url.URL) {
	all[contract.RequestPath] = documentedPath(path, u)
	values, _ := path.Values(nil, u)
	for i, value := range values {
		all[contract.PathParameter(path.Names()[i])] = value
	}
}

// documentedPath returns the path of a URL; of a template, the template.
func documentedPath(path route.Template, u *url.URL) string {
	if _, ok := path.Values(nil, u); ok {
		return path.Text()
	}
	return u.Path
}

// spread adds the values of a body by place.
func spread(all map[contract.Place]string, side contract.Place, body []byte) {
	value, err := contract.Decode(body)
	if err != nil {
		if len(body) > 0 {
			all[side] = string(bytes.ToValidUTF8(body, []byte("?")))
		}
		return
	}
	spreadValue(all, side, value)
}

func spreadValue(all map[contract.Place]string, at contract.Place, value any) {
	switch v := value.(type) {
	case map[string]any:
		for name, item := range v {
			spreadValue(all, at.Member(name), item)
		}
		if len(v) > 0 {
			return
		}
	case []any:
		for i, item := range v {
			spreadValue(all, at.Item(i), item)
		}
		if len(v) > 0 {
			return
		}
	}
	text, _ := json.Marshal(value) // it was decoded from JSON
	all[at] = string(text)
}

func (p *Player) differences(asked, recorded map[contract.Place]string) []string {
	var all []string
	for place, text := range asked {
		switch was, ok := recorded[place]; {
		case !ok:
			all = append(all, fmt.Sprintf("%s: sent %s, recorded without it", place, p.show(place, text)))
		case was != text:
			all = append(all, fmt.Sprintf("%s: sent %s, recorded %s", place, p.show(place, text), p.show(place, was)))
		}
	}
	for place, was := range recorded {
		if _, ok := asked[place]; !ok {
			all = append(all, fmt.Sprintf("%s: sent without it, recorded %s", place, p.show(place, was)))
		}
	}
	sort.Strings(all)
	return all
}

const longest = 60

func (p *Player) show(place contract.Place, text string) string {
	return shown(p.matching.Hidden, place, text)
}

func shown(hidden func(place contract.Place) bool, place contract.Place, text string) string {
	if hidden != nil && hidden(place) {
		return "(a value not shown)"
	}
	if runes := []rune(text); len(runes) > longest {
		return string(runes[:longest]) + "…"
	}
	return text
}
