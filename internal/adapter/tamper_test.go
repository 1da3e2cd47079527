package adapter_test

import (
	"encoding/json"
	"iter"
	"slices"
	"strings"

	"assay/internal/contract"
)

// tampered changes the signed members without the signature, and the signature without the
// members. It returns nothing if responses are not signed.
func tampered(w whole) iter.Seq[damage] {
	return func(yield func(damage) bool) {
		s := w.op.Sign.Response
		if s == nil {
			return
		}
		for _, pointer := range w.members() {
			raw, _ := contract.Raw(w.response.Body, pointer)
			text := string(raw)
			if !s.Over.Contains(pointer) || !strings.HasPrefix(text, `"`) {
				continue
			}
			longer := contract.Replace(w.response.Body, pointer, json.RawMessage(text[:len(text)-1]+` "`))
			if !yield(damage{"with another text at " + string(pointer), w.with(longer)}) {
				return
			}
		}
		spaced := contract.Replace(w.response.Body, s.Over, []byte(strings.Replace(string(body(w, s.Over)), `":"`, `":"\u0020`, 1)))
		if !yield(damage{"with a blank more in what is signed", w.with(spaced)}) {
			return
		}
		own := string(body(w, s.At))
		for how, signature := range map[string]string{
			"no signature": "", "an empty signature": `""`, "null": "null", "a number": "7", "a list": "[" + own + "]", "a shorter one": own[:len(own)-5] + `"`,
			"another case": strings.ToLower(own), "another's": `"` + strings.Repeat("A", len(own)-2) + `"`, "a blank before it": `" ` + own[1:],
		} {
			if signature == "" {
				if !yield(damage{"with " + how, w.unsigned(s.At)}) {
					return
				}
				continue
			}
			if !yield(damage{"with " + how + " for its signature", w.with(contract.Replace(w.response.Body, s.At, json.RawMessage(signature)))}) {
				return
			}
		}
	}
}

func body(w whole, pointer contract.Pointer) json.RawMessage {
	raw, _ := contract.Raw(w.response.Body, pointer)
	return raw
}

// unsigned returns the response without its signature; all other bytes stay.
func (w whole) unsigned(at contract.Pointer) contract.Response {
	around := body(w, at.Parent())
	var members map[string]json.RawMessage
	if err := json.Unmarshal(around, &members); err != nil {
		panic(err)
	}
	delete(members, at.LastToken())
	raw, err := contract.Encode(members)
	if err != nil {
		panic(err)
	}
	return w.with(contract.Replace(w.response.Body, at.Parent(), raw))
}

// contradicted adds members of other documented responses of the operation, such as the
// error of a refusal to a success.
func contradicted(w whole) iter.Seq[damage] {
	return func(yield func(damage) bool) {
		for _, status := range w.op.Statuses() {
			for _, m := range w.op.Responses[status].Members() {
				if contract.HasWildcard(m.Pointer) || slices.Contains(w.members(), m.Pointer) || !w.holds(m.Pointer.Parent()) {
					continue
				}
				for how, value := range map[string]any{
					"null": nil, "{}": map[string]any{}, "a text": "assay", "0": json.Number("0"), "an error": map[string]any{"code": json.Number("400"), "message": "assay"},
				} {
					response := w.edited(m.Pointer, func(object map[string]any, name string) { object[name] = value })
					if !yield(damage{"with " + how + " for " + string(m.Pointer), response}) {
						return
					}
				}
			}
		}
	}
}

// holds reports whether there is an object at a pointer.
func (w whole) holds(pointer contract.Pointer) bool {
	raw := body(w, pointer)
	return len(raw) > 0 && raw[0] == '{'
}
