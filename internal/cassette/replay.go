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
)

// Matching says how a request is recognised.
type Matching struct {
	// Ignored are the pointers into a JSON body that differ from one request to
	// the next: signatures and timestamps. * stands for any position of an array.
	Ignored []contract.Pointer
	// Hidden tells whether the value at a place must not be shown; nil: none is.
	Hidden func(place contract.Place) bool
	// Redact takes personal data out of a request as it was taken out of the
	// recorded ones; nil: nothing is.
	Redact func(contract.Request) contract.Request
}

// redacted is a request as it is compared.
func (m Matching) redacted(method string, u *url.URL, body []byte) contract.Request {
	r := contract.Request{Method: method, URL: u, Header: http.Header{}, Body: body}
	if m.Redact == nil {
		return r
	}
	return m.Redact(r)
}

// Player is a RoundTripper that responses from a cassette and from nothing else.
// Method, path, query and body must be those recorded; headers are the rules'
// affair. Every interaction plays once. Safe for concurrent use.
type Player struct {
	tape     *Cassette
	matching Matching
	mu       sync.Mutex
	index    map[string][]int // by key: the interactions not played yet
	asked    map[string]bool  // keys that were there to begin with
	last     int
}

// Replay makes a player of a cassette.
func (t *Cassette) Replay(m Matching) *Player {
	p := &Player{tape: t, matching: m, index: map[string][]int{}, asked: map[string]bool{}, last: -1}
	for i, in := range t.interactions {
		u, _ := url.Parse(in.URL) // parsed once already
		k := p.key(m.redacted(in.Method, u, []byte(in.Request.Body)))
		p.index[k] = append(p.index[k], i)
		p.asked[k] = true
	}
	return p
}

// Origin names the interaction that was played last.
func (p *Player) Origin() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.tape.origin(p.last)
}

// Unplayed names the interactions that were not played.
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
		names = append(names, p.tape.origin(i))
	}
	return names
}

// MissError is a request that the cassette does not have.
type MissError struct {
	Name        string
	Method      string
	Path        string
	Used        bool // it has it, and it was played already
	Differences []string
}

func (e *MissError) Error() string {
	if e.Used {
		return fmt.Sprintf("cassette: the interaction for %s %s was played already", e.Method, e.Path)
	}
	text := fmt.Sprintf("cassette: no interaction for %s %s", e.Method, e.Path)
	if len(e.Differences) > 0 {
		text += "; the nearest one differs:\n  " + strings.Join(e.Differences, "\n  ")
	}
	return text
}

// RoundTrip responses from the cassette, or with a *MissError.
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
	asked := p.matching.redacted(req.Method, req.URL, body)
	k := p.key(asked)
	p.mu.Lock()
	defer p.mu.Unlock()
	left := p.index[k]
	if len(left) == 0 {
		miss := &MissError{Name: p.tape.Name, Method: req.Method, Path: req.URL.Path, Used: p.asked[k]}
		if !miss.Used {
			miss.Differences = p.nearest(asked)
		}
		return nil, miss
	}
	p.index[k], p.last = left[1:], left[0]
	in := p.tape.interactions[left[0]]
	return &http.Response{
		Status: in.Status, StatusCode: in.Code, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: in.Response.Headers.Clone(), Body: io.NopCloser(strings.NewReader(in.Response.Body)),
		ContentLength: int64(len(in.Response.Body)), Request: req,
	}, nil
}

func (p *Player) key(r contract.Request) string {
	return r.Method + " " + r.URL.Path + "?" + r.URL.Query().Encode() + "\n" + p.canonical(r.Body)
}

// canonical writes a JSON body without what is ignored and with its members in
// order; any other body is itself.
func (p *Player) canonical(body []byte) string {
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

// nearest explains, place by place, how the request differs from the one in
// the cassette that it is closest to.
func (p *Player) nearest(r contract.Request) []string {
	asked := p.places(r)
	var best []string
	for i, in := range p.tape.interactions {
		recorded, _ := url.Parse(in.URL)
		d := p.differences(asked, p.places(p.matching.redacted(in.Method, recorded, []byte(in.Request.Body))))
		if i == 0 || len(d) < len(best) {
			best = d
		}
	}
	return best
}

// places lays a request out as place and text.
func (p *Player) places(r contract.Request) map[contract.Place]string {
	all := map[contract.Place]string{contract.RequestMethod: r.Method, contract.RequestPath: r.URL.Path}
	for name, values := range r.URL.Query() {
		all[contract.Query(name)] = strings.Join(values, ",")
	}
	spread(all, contract.RequestRoot, []byte(p.canonical(r.Body)))
	return all
}

// spread lays a body out as place and text.
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
	text, _ := json.Marshal(value) // it was JSON a moment ago
	all[at] = string(text)
}

func (p *Player) differences(asked, recorded map[contract.Place]string) []string {
	var all []string
	for place, text := range asked {
		switch was, ok := recorded[place]; {
		case !ok:
			all = append(all, fmt.Sprintf("%s: asked %s, recorded without it", place, p.show(place, text)))
		case was != text:
			all = append(all, fmt.Sprintf("%s: asked %s, recorded %s", place, p.show(place, text), p.show(place, was)))
		}
	}
	for place, was := range recorded {
		if _, ok := asked[place]; !ok {
			all = append(all, fmt.Sprintf("%s: asked without it, recorded %s", place, p.show(place, was)))
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
