package rule

import (
	"bytes"
	"net/url"
	"slices"
	"strings"
	"unicode"

	"assay/internal/contract"
	"assay/internal/redact"
	"assay/internal/route"
)

// excuse removes the findings, beginning with index from, that the recording of an exchange
// explains: its recorder left the part out, cut it, or replaced its value. It returns why the
// rule could not check, or nil.
func (p *Subject) excuse(from int) (gap *contract.Template) {
	if p.View == nil || p.View.Exchange.Recorder == nil {
		return nil
	}
	kept := p.findings[:from]
	for i := range p.findings[from:] {
		f := &p.findings[from+i]
		if f.Severity == contract.Info { // an info blames no side
			kept = append(kept, *f)
			continue
		}
		if why := p.omitted(f); why != nil {
			gap = why
			continue
		}
		kept = append(kept, *f)
	}
	p.findings = kept
	return gap
}

// omittedAuthorization returns why the credentials of the request cannot be
// checked: the recording lacks it or its value. nil means that it can.
func (p *Subject) omittedAuthorization() *contract.Template {
	x := &p.View.Exchange
	if x.Recorder == nil {
		return nil
	}
	for _, a := range p.Operation.Authorizations() {
		switch {
		case slices.Contains(x.Omitted, a.Place()):
			return x.Recorder.Header
		case slices.ContainsFunc(a.Values(x.Request), replaced):
			return x.Recorder.Value
		}
	}
	return nil
}

// omitted returns why a finding may come from the recording, nil if it does not.
func (p *Subject) omitted(f *contract.Finding) *contract.Template {
	var places []contract.Place
	for text := range strings.SplitSeq(string(f.At), " ") {
		places = append(places, contract.Place(text))
	}
	if p.rule.Reads != nil {
		places = append(places, p.rule.Reads(p, f)...)
	}
	recorder := p.View.Exchange.Recorder
	for _, place := range places {
		pointer, inBody := place.Pointer()
		switch {
		case inBody && slices.Contains(p.View.Exchange.Omitted, place.Direction().Body("")):
			return recorder.Body
		case !inBody && slices.Contains(p.View.Exchange.Omitted, place):
			return recorder.Header
		case p.replacedAt(place), inBody && pointer == "" && p.rule.Reads != nil && p.replacedIn(place.Direction()):
			return recorder.Value
		}
	}
	return nil
}

func wholeRequest(*Subject, *contract.Finding) []contract.Place {
	return []contract.Place{contract.RequestBody("")}
}

func wholeResponse(*Subject, *contract.Finding) []contract.Place {
	return []contract.Place{contract.ResponseRoot}
}

// resultPlaces returns the places of the result in a response, and those that tell the
// variants of its code apart.
func resultPlaces(p *Subject, _ *contract.Finding) []contract.Place {
	all := p.variantPlaces()
	for _, pointer := range slices.Concat(p.Operation.Result.Code, p.Operation.Result.Status) {
		all = append(all, contract.ResponseBody(pointer))
	}
	return all
}

// variantPlaces returns the places that the ifs of the response's code read.
func (p *Subject) variantPlaces() (all []contract.Place) {
	result, ok := p.View.ResultCode()
	if !ok {
		return nil
	}
	for _, row := range p.Operation.Rows(result.Code) {
		if row.If != nil {
			all = append(append(all, row.If.ResponsePlaces()...), row.If.Places()...)
		}
	}
	return all
}

// conditionPlaces returns the places that the condition of a finding reads.
func conditionPlaces(p *Subject, f *contract.Finding) []contract.Place {
	id, _, _ := strings.Cut(f.Detail, " ")
	for _, r := range p.Operation.Rules {
		if r.ID == id {
			return r.Rule.Places()
		}
	}
	return nil
}

// causePlaces returns the places that the conditions of the codes read up to the code of a
// finding: an earlier code has precedence.
func causePlaces(p *Subject, f *contract.Finding) []contract.Place {
	id, _, _ := strings.Cut(f.Detail, " ")
	row := p.Operation.Code(id)
	if row == nil || row.When == nil {
		return nil
	}
	all := append(p.variantPlaces(), row.When.Places()...)
	for name, place := range map[string]contract.Place{"violation": contract.RequestBody(""), "signature": contract.RequestBody(""), "authentication": contract.RequestAuthorization} {
		if row.When.Names(name) {
			all = append(all, place)
		}
	}
	return all
}

// replacedAt reports whether the value at a place, or a value that it is part of, was
// replaced.
func (p *Subject) replacedAt(place contract.Place) bool {
	x := &p.View.Exchange
	pointer, inBody := place.Pointer()
	kind, name := place.Named()
	switch {
	case inBody && place.Direction() == contract.InResponse:
		return replacedWhole(x.Response.Body) || p.replacedMember(p.View.ResponseBody(), pointer)
	case inBody:
		return replacedWhole(x.Request.Body) || p.replacedMember(p.View.RequestBody(), pointer)
	case kind == "query" && x.Request.URL != nil:
		return slices.ContainsFunc(x.Request.URL.Query()[name], replaced)
	case kind == "path" && name != "":
		value, _ := p.View.PathParameter(name)
		return replaced(value)
	case kind == "header" && place.Direction() == contract.InResponse:
		return slices.ContainsFunc(x.Response.Header.Values(name), replaced)
	case kind == "header":
		return slices.ContainsFunc(x.Request.Header.Values(name), replaced)
	}
	return false
}

// replacedMember reports whether the value at a pointer, or one above it, was replaced.
func (p *Subject) replacedMember(body any, pointer contract.Pointer) bool {
	tokens := contract.TokensOf(pointer)
	for n := len(tokens); n >= 0; n-- {
		if value, ok := contract.Lookup(body, contract.PointerTo(tokens[:n]...)); ok {
			text, is := value.(string)
			return is && replaced(text)
		}
	}
	return false
}

// replacedWhole reports whether a body consists of a replacement.
func replacedWhole(body []byte) bool {
	return len(body) > 0 && len(body) <= longestReplacement && replaced(strings.Trim(string(body), "\" \r\n"))
}

// replacedIn reports whether any value in the body of a direction was replaced.
func (p *Subject) replacedIn(of contract.Direction) (found bool) {
	x := contract.Exchange{Request: contract.Request{URL: &url.URL{}}}
	if x.Request.Body = p.View.Exchange.Request.Body; of == contract.InResponse {
		x.Request.Body = p.View.Exchange.Response.Body
	}
	if !hints(x.Request.Body) {
		return false
	}
	redact.Texts(route.Template{}, x, func(_ contract.Place, text string) { found = found || replaced(text) })
	return found
}

// hints reports whether a text may contain a replacement.
func hints(text []byte) bool {
	return bytes.ContainsAny(text, "*•●█∗＊<$%#") || bytes.Contains(text, []byte("{{")) || bytes.Contains(text, []byte(`\u`)) || bytes.Contains(bytes.ToLower(text), []byte("xxx")) || slices.ContainsFunc(replacementWords(), func(word string) bool {
		return bytes.Contains(bytes.ToLower(text), []byte(word))
	})
}

const longestReplacement = 64 // bytes of a text that stands for a value

// replaced reports whether a text stands for a value that was taken out of a recording, as
// tools that redact write it: ***, 98****10, xxxx, [REDACTED], <redacted>, FILTERED,
// <API_KEY>, {{token}}. A header may begin with the scheme of its credentials.
func replaced(text string) bool {
	if len(text) > longestReplacement {
		return masked(text)
	}
	for _, scheme := range []string{"basic ", "bearer "} {
		if len(text) > len(scheme) && strings.EqualFold(text[:len(scheme)], scheme) {
			text = text[len(scheme):]
		}
	}
	if plain, err := url.QueryUnescape(text); err == nil && strings.Contains(text, "%") {
		text = plain
	}
	return masked(text) || placeholder(text) || redactedWord(text)
}

// masked reports whether a text has a row of three or more mask characters, or is made of
// x alone.
func masked(text string) bool {
	row := 0
	for _, r := range text {
		if !strings.ContainsRune("*•●█∗＊", r) {
			row = 0
			continue
		}
		if row++; row == 3 {
			return true
		}
	}
	plain := strings.Map(func(r rune) rune {
		if strings.ContainsRune(" -._/+", r) {
			return -1
		}
		return r
	}, text)
	return len(plain) >= 3 && len(text) <= longestReplacement && (strings.Trim(plain, "xX") == "" || strings.Trim(plain, "#") == "")
}

// placeholder reports whether a text is a name in brackets: <API_KEY>, {{token}}, ${KEY},
// %{key}.
func placeholder(text string) bool {
	for _, b := range [...][2]string{{"<", ">"}, {"{{", "}}"}, {"${", "}"}, {"%{", "}"}} {
		inner, opened := strings.CutPrefix(text, b[0])
		inner, closed := strings.CutSuffix(inner, b[1])
		if opened && closed && inner != "" && !strings.ContainsFunc(inner, func(r rune) bool {
			return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune(" _-.", r)
		}) {
			return true
		}
	}
	return false
}

// replacementWords are the words that tools write in place of a value.
func replacementWords() []string {
	return []string{
		"redacted", "filtered", "masked", "hidden", "removed", "sanitized", "sanitised", "censored",
		"omitted", "stripped", "obfuscated", "anonymized", "anonymised", "suppressed", "withheld",
	}
}

// redactedWord reports whether a text is such a word, alone or between brackets, stars or
// other words that say what was replaced: [REDACTED], __REDACTED__, REDACTED_TOKEN,
// [email redacted], <removed by tool>.
func redactedWord(text string) bool {
	words := strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	if len(words) == 0 || len(words) > 5 {
		return false
	}
	bracketed := strings.ContainsAny(text[:1], "[<({*_%#-")
	for _, word := range words {
		if slices.Contains(replacementWords(), strings.ToLower(word)) {
			return bracketed || len(words) == 1 || strings.ToUpper(text) == text || len(words) <= 2 && strings.Contains(text, "_")
		}
	}
	return false
}
