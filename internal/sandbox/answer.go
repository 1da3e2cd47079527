package sandbox

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"assay/internal/contract"
	"assay/internal/seal"
	"assay/internal/spec"
)

// valid is how long a token handed out here lasts; Paytm's page says fifteen
// minutes of its own.
const valid = 15 * time.Minute

// answer makes the answer of a code: what the documents print for it, with
// references, ids, tokens, times and message of this request, signed.
func (s *Sandbox) answer(p *spec.Spec, o *spec.Operation, x *spec.View, row *spec.Code, example spec.Example, v *spec.Breach, now time.Time) contract.Answer {
	answer := contract.Answer{Status: example.HTTP, Header: http.Header{"Content-Type": {"application/json"}}, Body: example.Body}
	for _, m := range o.Answers[example.HTTP].Members() {
		old, there := contract.Raw(answer.Body, m.Pointer)
		if !there {
			continue
		}
		if fresh, ok := s.fresh(p, o, x, m, old, now); ok {
			answer.Body = contract.Replace(answer.Body, m.Pointer, fresh)
		}
	}
	answer.Body = worded(answer.Body, o, row, v)
	answer.Body = seal.Sign(o.Sign.Answer, answer.Body, s.Credentials(p), seal.Zeros{})
	if row.State == contract.Succeeded {
		s.keep(p, o, answer.Body)
	}
	return answer
}

// fresh gives a member of an answer the value it has in this one.
func (s *Sandbox) fresh(p *spec.Spec, o *spec.Operation, x *spec.View, m *spec.Member, old json.RawMessage, now time.Time) (json.RawMessage, bool) {
	text, isText := "", json.Unmarshal(old, new(string)) == nil
	switch {
	case m.Means == "timestamp":
		if expires(p, o, m.Pointer) {
			now = now.Add(valid)
		}
		text = strconv.FormatInt(now.UnixMilli(), 10)
		if !isText {
			return json.RawMessage(text), true
		}
	case m.Means == "reference":
		text = reference(o, x)
	case isText && (m.Means == "provider-reference" || m.Secret):
		_ = json.Unmarshal(old, &text) // it is a text
		text = s.another(text)
	default:
		return nil, false
	}
	raw, err := contract.Encode(text)
	return raw, err == nil && text != ""
}

// expires tells whether a pointer is the end of a token that this operation
// hands out.
func expires(p *spec.Spec, o *spec.Operation, pointer string) bool {
	for _, other := range p.Operations {
		if a := other.Authorization; a != nil && a.IssuedBy == o.ID && a.Expires == pointer {
			return true
		}
	}
	return false
}

// keep remembers a token that an answer hands out.
func (s *Sandbox) keep(p *spec.Spec, o *spec.Operation, body []byte) {
	m, err := contract.ReadMembers(body)
	if err != nil {
		return
	}
	for _, other := range p.Operations {
		a := other.Authorization
		if a == nil || a.IssuedBy != o.ID {
			continue
		}
		token := contract.Token{}
		token.Value, _ = m.String(a.Token)
		if text, ok := m.Integer(a.Expires); ok {
			if ms, err := strconv.ParseInt(text, 10, 64); err == nil {
				token.Expires = time.UnixMilli(ms)
			}
		}
		s.tokens.Add(p.Provider+" "+token.Value, token)
	}
}

// another is an id of the same form; a first word, such as order_, stays, and
// of a web address everything but its last part.
func (s *Sandbox) another(id string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	word := strings.IndexByte(id, '_') + 1
	if u, err := url.Parse(id); err == nil && u.Host != "" {
		word = strings.LastIndexByte(id, '/') + 1
	}
	return id[:word] + contract.Alike(id[word:], s.random.IntN)
}

// worded fills the code's template with what was wrong, where it has one and
// there is something to fill it with.
func worded(body []byte, o *spec.Operation, row *spec.Code, v *spec.Breach) []byte {
	if v == nil {
		return body
	}
	for _, template := range row.Messages {
		if !strings.Contains(template, "{") {
			continue
		}
		text, err := contract.Encode(strings.NewReplacer("{field}", v.Field, "{path}", v.Path, "{value}", v.Value).Replace(template))
		if err != nil {
			return body
		}
		for _, pointer := range o.Result.Message {
			body = contract.Replace(body, pointer, text)
		}
		return body
	}
	return body
}
