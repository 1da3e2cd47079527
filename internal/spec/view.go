package spec

import (
	"encoding/json"
	"maps"
	"strings"

	"assay/internal/contract"
)

// View is an exchange as expressions and readings see it: bodies decoded once.
// A body that is not JSON is nil.
type View struct {
	Exchange       contract.Exchange
	RequestBody    any
	AnswerBody     any
	Credentials    map[string]string
	Merchant       map[string]bool
	Signature      string // of the request: valid, invalid, missing, instead, unverified or none
	Authentication string // valid, invalid, missing, expired, unverified or none
	// Known are references that whoever answers has seen before; nil where
	// nobody remembers, and known() then does not apply.
	Known []string
}

// NewView decodes the bodies of an exchange.
func NewView(ex contract.Exchange, credentials map[string]string, merchant map[string]bool) View {
	x := View{Exchange: ex, Credentials: credentials, Merchant: merchant, Signature: "none", Authentication: "none"}
	x.RequestBody, _ = contract.Decode(ex.Request.Body)
	x.AnswerBody, _ = contract.Decode(ex.Answer.Body)
	return x
}

// Vars gives the variables of the dialect's expressions. A body that is absent
// is a name that is absent, so an expression on it does not apply.
func (x View) Vars() map[string]any {
	query := map[string]any{}
	for name, values := range x.Exchange.Request.URL.Query() {
		query[name] = values[0]
	}
	request := map[string]any{
		"method": x.Exchange.Request.Method, "query": query, "headers": Headers(x.Exchange.Request.Header),
	}
	if x.RequestBody != nil {
		request["body"] = native(x.RequestBody)
	}
	answer := map[string]any{"status": int64(x.Exchange.Answer.Status), "headers": Headers(x.Exchange.Answer.Header)}
	if x.AnswerBody != nil {
		answer["body"] = native(x.AnswerBody)
	}
	vars := map[string]any{
		"request": request, "answer": answer,
		"credentials": maps.Clone(x.Credentials), "merchant": maps.Clone(x.Merchant),
		"signature": x.Signature, "authentication": x.Authentication,
	}
	if x.Known != nil {
		vars[references] = x.Known
	}
	return vars
}

// Headers gives headers as expressions see them: names in lower case, the first
// value of each.
func Headers(h map[string][]string) map[string]any {
	lower := map[string]any{}
	for name, values := range h {
		if len(values) > 0 {
			lower[strings.ToLower(name)] = values[0]
		}
	}
	return lower
}

// native turns decoded JSON into what CEL calculates with.
func native(value any) any {
	switch v := value.(type) {
	case json.Number:
		if i, err := v.Int64(); err == nil {
			return i
		}
		f, err := v.Float64()
		if err != nil {
			return v.String()
		}
		return f
	case []any:
		list := make([]any, len(v))
		for i, item := range v {
			list[i] = native(item)
		}
		return list
	case map[string]any:
		object := make(map[string]any, len(v))
		for name, item := range v {
			object[name] = native(item)
		}
		return object
	}
	return value
}

// plain reads a place that is not in a body.
func (x View) plain(place string) (string, bool) {
	parts := strings.SplitN(place, ".", 3)
	request := x.Exchange.Request
	switch {
	case place == "request.method":
		return request.Method, true
	case len(parts) < 3:
		return "", false
	case parts[0] == "request" && parts[1] == "query":
		values, ok := request.URL.Query()[parts[2]]
		return strings.Join(values, ","), ok
	}
	header := request.Header
	if parts[0] == "answer" {
		header = x.Exchange.Answer.Header
	}
	values := header.Values(parts[2])
	return strings.Join(values, ","), len(values) > 0
}
