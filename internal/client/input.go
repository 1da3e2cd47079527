package client

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"

	"assay/internal/contract"
	"assay/internal/openapi"
)

// Input is a request that a case states, as the input of a call. The specification says
// which of its texts are references and which are personal data.
type Input struct {
	stated *contract.StatedRequest
	o      *openapi.Operation
	// refused: the case is about a request that the specification refuses.
	refused bool
}

// NewInput returns the input of a case for an operation. refused is true if the case is
// about a request that the specification refuses: such a request is made all the same. A
// case that states no request (nil) has the request that the specification alone makes.
func NewInput(o *openapi.Operation, stated *contract.StatedRequest, refused bool) *Input {
	if stated == nil {
		stated = &contract.StatedRequest{}
	}
	return &Input{stated, o, refused}
}

// References returns the texts at places with x-means: reference, and the idempotency key.
func (i *Input) References() []string {
	var all []string
	edit(i.o, i.stated, func(m *openapi.Member, text string) string {
		if i.o.NamesRequest(m) && text != "" && !slices.Contains(all, text) {
			all = append(all, text)
		}
		return text
	})
	return all
}

// Renamed returns a copy with other references.
func (i *Input) Renamed(to func(reference string) string) contract.Input {
	renamed := *i
	renamed.stated = edit(i.o, i.stated, func(m *openapi.Member, text string) string {
		if i.o.NamesRequest(m) && text != "" {
			return to(text)
		}
		return text
	})
	return &renamed
}

// Amounts returns nothing: there is no order whose amount the request could have.
func (i *Input) Amounts() []contract.Money { return nil }

// People returns the texts at places with x-personal.
func (i *Input) People() []contract.Personal {
	var all []contract.Personal
	edit(i.o, i.stated, func(m *openapi.Member, text string) string {
		if m.Personal != "" && text != "" {
			all = append(all, contract.Personal{Kind: m.Personal, Text: text})
		}
		return text
	})
	return all
}

// edit returns a copy of a stated request whose texts at documented places are changed. It
// visits the texts in the order of the documents.
func edit(o *openapi.Operation, stated *contract.StatedRequest, change func(m *openapi.Member, text string) string) *contract.StatedRequest {
	edited := &contract.StatedRequest{
		Path: maps.Clone(stated.Path), Query: clone(stated.Query), Headers: clone(stated.Headers),
		Body: stated.Body, Later: stated.Later,
	}
	for _, p := range o.Parameters {
		if text, there := edited.Path[p.Name]; p.In == "path" && there && text.After == "" {
			edited.Path[p.Name] = contract.StatedText{Text: change(&p.Member, text.Text)}
		}
		for i, text := range parameter(edited, p) {
			if text.After == "" {
				parameter(edited, p)[i] = contract.StatedText{Text: change(&p.Member, text.Text)}
			}
		}
	}
	body, err := contract.Decode(stated.Body)
	if err != nil {
		return edited // there is none
	}
	for _, m := range o.Request.Members() {
		for _, at := range occurrences(body, m.Pointer) {
			value, _ := contract.Lookup(body, at)
			text, isText := contract.Text(value)
			if _, later := stated.Later[at]; !isText || later {
				continue
			}
			if changed := change(m, text); changed != text {
				edited.Body = put(edited.Body, at, encoded(value, changed))
			}
		}
	}
	return edited
}

// parameter returns the stated values of a parameter of the query or the headers. The names
// of headers are compared without case.
func parameter(stated *contract.StatedRequest, p *openapi.Parameter) []contract.StatedText {
	if p.In == "query" {
		return stated.Query[p.Name]
	}
	if p.In != "header" {
		return nil
	}
	for name, values := range stated.Headers {
		if contract.RequestHeader(name) == p.Place() {
			return values
		}
	}
	return nil
}

func clone(all map[string][]contract.StatedText) map[string][]contract.StatedText {
	cloned := maps.Clone(all)
	for name, values := range cloned {
		cloned[name] = slices.Clone(values)
	}
	return cloned
}

// encoded returns a text as JSON: as a number if the value in its place was one.
func encoded(was any, text string) json.RawMessage {
	if _, number := was.(json.Number); number {
		if text[0] == '0' && len(text) > 1 {
			text = "1" + text[1:]
		}
		return json.RawMessage(text)
	}
	raw, _ := contract.Encode(text) // a text can always be encoded
	return raw
}

// occurrences returns the pointers to the values at a general pointer, in order.
func occurrences(value any, pointer contract.Pointer) []contract.Pointer {
	found := []contract.Pointer{""}
	for token := range pointer.Tokens() {
		var next []contract.Pointer
		for _, above := range found {
			parent, _ := contract.Lookup(value, above)
			list, isList := parent.([]any)
			if isList && token == contract.Every {
				for i := range list {
					next = append(next, above.AppendToken(strconv.Itoa(i)))
				}
				continue
			}
			if _, there := contract.Lookup(value, above.AppendToken(token)); there {
				next = append(next, above.AppendToken(token))
			}
		}
		found = next
	}
	return found
}
