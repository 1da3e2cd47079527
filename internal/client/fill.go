package client

import (
	"encoding/json"
	"slices"
	"strconv"
	"time"

	"assay/internal/contract"
	"assay/internal/openapi"
)

// Filled returns the request that a case states with the values of this run, for a client
// that makes its own request. before is the exchange of the case that this one follows.
func Filled(s *openapi.Spec, o *openapi.Operation, setup contract.Setup, input *Input, before *contract.Exchange) (*contract.StatedRequest, error) {
	return maker{s, o, setup}.filled(input.stated, before)
}

// filled returns a stated request with the values of this run: those of the exchange
// before, the merchant's credentials in place of the published ones, and the time.
func (m maker) filled(stated *contract.StatedRequest, before *contract.Exchange) (*contract.StatedRequest, error) {
	run := &contract.StatedRequest{Path: map[string]contract.StatedText{}, Query: clone(stated.Query), Headers: clone(stated.Headers), Body: stated.Body}
	for name, text := range stated.Path {
		found, err := m.text(text, before)
		if err != nil {
			return nil, err
		}
		run.Path[name] = found
	}
	for _, parameters := range []map[string][]contract.StatedText{run.Query, run.Headers} {
		for _, values := range parameters {
			for i, text := range values {
				found, err := m.text(text, before)
				if err != nil {
					return nil, err
				}
				values[i] = found
			}
		}
	}
	for at, place := range stated.Later {
		raw, err := m.later(place, before)
		if err != nil {
			return nil, err
		}
		run.Body = put(run.Body, at, raw)
	}
	run.Body = m.withCredentials(run.Body)
	m.addTimes(run)
	return run, nil
}

// text returns the text of a parameter in this run.
func (m maker) text(stated contract.StatedText, before *contract.Exchange) (contract.StatedText, error) {
	if stated.After == "" {
		return contract.StatedText{Text: m.ofMerchant(stated.Text)}, nil
	}
	raw, err := m.later(stated.After, before)
	if err != nil {
		return stated, err
	}
	value, _ := contract.Decode(raw)
	text, isText := contract.Text(value)
	if !isText {
		return stated, m.absent(stated.After)
	}
	return contract.StatedText{Text: text}, nil
}

// later returns the value at a place in the exchange before, as JSON.
func (m maker) later(place contract.Place, before *contract.Exchange) (json.RawMessage, error) {
	pointer, inBody := place.Pointer()
	if before == nil || !inBody {
		return nil, m.absent(place)
	}
	body := before.Response.Body
	if place.Direction() == contract.InRequest {
		body = before.Request.Body
	}
	value, err := contract.Decode(body)
	if err != nil {
		return nil, m.absent(place)
	}
	found, there := contract.Lookup(value, pointer)
	if !there {
		return nil, m.absent(place)
	}
	return contract.Encode(found)
}

func (m maker) absent(place contract.Place) error {
	return &contract.RefusedError{Provider: m.s.Provider, Field: string(place), Reason: "of the case before is missing, and the request needs it"}
}

// ofMerchant returns the merchant's credential for a text that is a published one, and
// other texts as they are.
func (m maker) ofMerchant(text string) string {
	for _, c := range m.s.Credentials {
		if mine, set := m.setup.Credentials[c.Name]; set && text != "" && text == c.Test {
			return mine
		}
	}
	return text
}

// withCredentials replaces the published credentials in a body by the merchant's.
func (m maker) withCredentials(body json.RawMessage) json.RawMessage {
	value, err := contract.Decode(body)
	if err != nil {
		return body
	}
	var visit func(value any, at contract.Pointer)
	visit = func(value any, at contract.Pointer) {
		switch v := value.(type) {
		case map[string]any:
			for name, item := range v {
				visit(item, at.AppendToken(name))
			}
		case []any:
			for i, item := range v {
				visit(item, at.AppendToken(strconv.Itoa(i)))
			}
		case string:
			if mine := m.ofMerchant(v); mine != v {
				body = put(body, at, encoded(value, mine))
			}
		}
	}
	visit(value, "")
	return body
}

// addTimes adds the required timestamps that the case leaves out.
func (m maker) addTimes(run *contract.StatedRequest) {
	for _, member := range m.o.Request.Members() {
		if member.Means != "timestamp" || !member.Required || contract.HasWildcard(member.Pointer) {
			continue
		}
		if _, there := contract.Raw(run.Body, member.Pointer); !there {
			run.Body = put(run.Body, member.Pointer, m.now(member))
		}
	}
	for _, p := range m.o.Parameters {
		if p.Means != "timestamp" || !p.Required || len(parameter(run, p)) > 0 || p.In == "path" {
			continue
		}
		value, _ := contract.Decode(m.now(&p.Member))
		text, _ := contract.Text(value)
		if p.In == "query" {
			run.Query = with(run.Query, p.Name, text)
		} else {
			run.Headers = with(run.Headers, p.Name, text)
		}
	}
}

func with(all map[string][]contract.StatedText, name, text string) map[string][]contract.StatedText {
	if all == nil {
		all = map[string][]contract.StatedText{}
	}
	all[name] = []contract.StatedText{{Text: text}}
	return all
}

// now returns the time in the form of a member: a count since 1970 where the documents name
// a unit or a number, and else a date with time.
func (m maker) now(of *openapi.Member) json.RawMessage {
	now := m.setup.Now()
	count := map[string]int64{"milliseconds": now.UnixMilli(), "microseconds": now.UnixMicro()}
	n, known := count[of.Unit]
	if !known {
		n = now.Unix()
	}
	text := strconv.FormatInt(n, 10)
	if slices.Contains(of.Types, "integer") || slices.Contains(of.Types, "number") {
		return json.RawMessage(text)
	}
	if of.Unit == "" {
		text = now.UTC().Format(time.RFC3339)
	}
	raw, _ := contract.Encode(text) // a text can always be encoded
	return raw
}
