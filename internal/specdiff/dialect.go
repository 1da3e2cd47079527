package specdiff

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"assay/internal/contract"
	"assay/internal/openapi"
)

// Messages about a provider as a whole.
var (
	serverNew        = &contract.Template{ID: "documents.server-new", Text: "a server is new"}
	serverGone       = &contract.Template{ID: "documents.server-gone", Text: "a server is no longer documented"}
	serverFirst      = &contract.Template{ID: "documents.server-first", Text: "another server is the first one, which requests go to"}
	serverOther      = &contract.Template{ID: "documents.server-changed", Text: "how strong the evidence of its responses is has changed"}
	merchantOther    = &contract.Template{ID: "documents.merchant-changed", Text: "an option that the provider sets for a merchant has changed"}
	credentialOther  = &contract.Template{ID: "documents.credential-changed", Text: "the credentials that a merchant needs have changed"}
	ambiguityNew     = &contract.Template{ID: "documents.ambiguity-new", Text: "the documents contradict themselves"}
	ambiguitySettled = &contract.Template{ID: "documents.ambiguity-settled", Text: "the documents no longer contradict themselves"}
	ambiguityChosen  = &contract.Template{ID: "documents.ambiguity-taken", Text: "another interpretation of a contradiction is chosen"}
	ambiguityOther   = &contract.Template{ID: "documents.ambiguity-changed", Text: "a contradiction has changed"}
	ambiguityAt      = &contract.Template{ID: "documents.ambiguity-at", Text: "{what} at {places}"}
)

// Messages about conditions, signatures and members.
var (
	ruleNew            = &contract.Template{ID: "documents.rule-new", Text: "a new condition: {condition}"}
	ruleGone           = &contract.Template{ID: "documents.rule-gone", Text: "a condition was removed: {condition}"}
	ruleRenamed        = &contract.Template{ID: "documents.rule-renamed", Text: "a condition has another name; waivers must use the new one"}
	ruleOther          = &contract.Template{ID: "documents.rule-changed", Text: "a condition has changed: {condition}"}
	authorizationOther = &contract.Template{ID: "documents.authorization-changed", Text: "requests are authorized in another way"}
	signatureOther     = &contract.Template{ID: "documents.signature-changed", Text: "the {side} is signed in another way"}
	signatureGone      = &contract.Template{ID: "documents.signature-gone", Text: "the {side} is no longer signed"}
	signatureNew       = &contract.Template{ID: "documents.signature-new", Text: "the {side} is signed now"}
	namesOther         = &contract.Template{ID: "documents.names-changed", Text: "which names the member allows has changed"}
	memberMeaning      = &contract.Template{ID: "documents.member-meaning", Text: "the meaning of the member has changed"}
	memberHidden       = &contract.Template{ID: "documents.member-hidden", Text: "whether its value is secret, personal or kept in recordings has changed"}
)

// provider compares what the documents say about the provider as a whole.
func (c *comparison) provider() {
	pairs(c.older.Credentials, c.newer.Credentials, func(x openapi.Credential) string { return x.Name }, c.credential)
	pairs(c.older.Servers, c.newer.Servers, func(s openapi.Server) string { return serverKey(s.URL) }, func(was, is *openapi.Server) {
		switch {
		case was == nil:
			c.add("", 0, contract.Change{Kind: "server-new", At: contract.OutsidePlace("servers." + is.URL), Impact: contract.Minor, Now: evidence(is), Message: serverNew.Says()})
		case is == nil:
			c.add("", 0, contract.Change{Kind: "server-gone", At: contract.OutsidePlace("servers." + was.URL), Impact: contract.Breaks, Before: evidence(was), Message: serverGone.Says()})
		case was.Evidence != is.Evidence:
			c.add("", 0, contract.Change{Kind: "server-changed", At: contract.OutsidePlace("servers." + is.URL), Impact: contract.Degrades, Before: evidence(was), Now: evidence(is), Message: serverOther.Says()})
		}
	})
	c.firstServer()
	for _, name := range slices.Sorted(maps.Keys(union(c.older.Merchant, c.newer.Merchant))) {
		before, had := c.older.Merchant[name]
		after, has := c.newer.Merchant[name]
		if had != has || before != after {
			c.add("", 0, contract.Change{Kind: "merchant-changed", At: contract.OutsidePlace("x-merchant." + name), Impact: contract.Minor, Before: optionValue(before, had), Now: optionValue(after, has), Message: merchantOther.Says()})
		}
	}
	c.ambiguities("", c.older.Ambiguities, c.newer.Ambiguities)
}

// firstServer compares the first servers, which requests go to. If one address replaces
// another with the same evidence, server-gone reports it.
func (c *comparison) firstServer() {
	if len(c.older.Servers) == 0 || len(c.newer.Servers) == 0 {
		return
	}
	was, is := c.older.Servers[0], c.newer.Servers[0]
	lists := func(d Document, one openapi.Server) bool {
		return slices.ContainsFunc(d.Servers, func(s openapi.Server) bool { return serverKey(s.URL) == serverKey(one.URL) })
	}
	replaced := !lists(c.newer, was) && !lists(c.older, is)
	if serverKey(was.URL) == serverKey(is.URL) || replaced && was.Evidence == is.Evidence {
		return
	}
	impact := contract.Degrades
	if was.Evidence == contract.Sandbox && is.Evidence != contract.Sandbox {
		impact = contract.Breaks // tests make real orders
	}
	describe := func(s openapi.Server) contract.Value {
		return with(terms(s.URL, "server", s.URL), "evidence", string(s.Evidence))
	}
	c.add("", 0, contract.Change{Kind: "server-first", At: contract.OutsidePlace("servers"), Impact: impact, Before: describe(was), Now: describe(is), Message: serverFirst.Says()})
}

func union(a, b map[string]bool) map[string]bool {
	all := maps.Clone(a)
	maps.Copy(all, b)
	return all
}

func evidence(s *openapi.Server) contract.Value {
	return terms(string(s.Evidence), "evidence", string(s.Evidence))
}

func optionValue(on, there bool) contract.Value {
	if !there {
		return absent()
	}
	return terms(strconv.FormatBool(on), "merchant", strconv.FormatBool(on))
}

func (c *comparison) credential(was, is *openapi.Credential) {
	resized := was != nil && is != nil && !slices.Equal(was.Bytes, is.Bytes) // else the ids of other changes stay
	describe := func(x *openapi.Credential) contract.Value {
		if x == nil {
			return absent()
		}
		v := contract.Value{Notation: "required", Presence: "required"}
		if x.Optional {
			v.Notation, v.Presence = "optional", "optional"
		}
		if x.Secret {
			v.Notation += ", secret"
			v = with(v, "secret", "true")
		}
		if resized && len(x.Bytes) > 0 {
			sizes := strings.Trim(fmt.Sprint(x.Bytes), "[]")
			v.Notation += ", " + sizes + " bytes"
			v = with(v, "bytes", sizes)
		}
		v.Notation += ", from " + x.Env
		return with(v, "env", x.Env)
	}
	before, after := describe(was), describe(is)
	if !differ(before, after) {
		return
	}
	change := contract.Change{Kind: "credential-changed", Impact: contract.Degrades, Before: before, Now: after, Message: credentialOther.Says()}
	switch {
	case was == nil:
		change.Kind, change.At, change.Impact = "credential-new", contract.OutsidePlace("x-credentials."+is.Name), contract.Breaks
		if is.Optional {
			change.Impact = contract.Minor
		}
	case is == nil:
		change.Kind, change.At, change.Impact = "credential-gone", contract.OutsidePlace("x-credentials."+was.Name), contract.Minor
	default:
		change.At = contract.OutsidePlace("x-credentials." + is.Name)
		if was.Optional && !is.Optional {
			change.Impact = contract.Breaks
		}
	}
	c.add("", 0, change)
}

// conditions compares the conditions that JSON Schema cannot express.
func (c *comparison) conditions(was, is *openapi.Operation) {
	describe := func(r *openapi.Rule) contract.Value {
		notation := fmt.Sprintf("%s: %s (%s)", r.On.Body(r.At), r.Rule, r.Severity)
		return terms(notation, "on", string(r.On), "at", string(r.At), "rule", r.Rule.String(), "severity", string(r.Severity))
	}
	named := map[string]string{} // old name by new name, for conditions that were renamed
	for _, now := range is.Rules {
		for _, old := range was.Rules {
			if old.ID != now.ID && !differ(describe(old), describe(now)) && !slices.ContainsFunc(was.Rules, func(r *openapi.Rule) bool { return r.ID == now.ID }) {
				named[now.ID] = old.ID
			}
		}
	}
	name := func(r *openapi.Rule) string {
		if old := named[r.ID]; old != "" {
			return old
		}
		return r.ID
	}
	pairs(was.Rules, is.Rules, name, func(old, now **openapi.Rule) {
		switch {
		case old == nil:
			impact := contract.Minor
			if (*now).On == contract.InRequest && (*now).Severity == contract.Error {
				impact = contract.Breaks // the provider may reject our requests
			}
			c.add(is.ID, 0, contract.Change{Kind: "rule-new", At: contract.OutsidePlace("x-rules." + (*now).ID), Impact: impact, Before: absent(), Now: describe(*now), Message: ruleNew.Says(contract.ArgText("condition", (*now).Message))})
		case now == nil:
			c.add(is.ID, 0, contract.Change{Kind: "rule-gone", At: contract.OutsidePlace("x-rules." + (*old).ID), Impact: removedRule((*old).On), Before: describe(*old), Now: absent(), Message: ruleGone.Says(contract.ArgText("condition", (*old).Message))})
		case (*old).ID != (*now).ID:
			c.add(is.ID, 0, contract.Change{Kind: "rule-renamed", At: contract.OutsidePlace("x-rules." + (*now).ID), Impact: contract.Harmless, Before: terms((*old).ID, "id", (*old).ID), Now: terms((*now).ID, "id", (*now).ID), Message: ruleRenamed.Says()})
		case differ(describe(*old), describe(*now)):
			impact := contract.Degrades
			if (*now).On == contract.InRequest && (*now).Severity == contract.Error {
				impact = contract.Breaks // what we send may be refused
			}
			c.add(is.ID, 0, contract.Change{Kind: "rule-changed", At: contract.OutsidePlace("x-rules." + (*now).ID), Impact: impact, Before: describe(*old), Now: describe(*now), Message: ruleOther.Says(contract.ArgText("condition", (*now).Message))})
		}
	})
}

// removedRule returns the impact of a removed condition. Requests that satisfied it
// stay valid; we may have relied on it in responses.
func removedRule(of contract.Direction) contract.Impact {
	if of == contract.InRequest {
		return contract.Harmless
	}
	return contract.Degrades
}

// ambiguities compares contradictions. A contradiction that the newer document lacks is
// settled.
func (c *comparison) ambiguities(id string, was, is []*openapi.Ambiguity) {
	pairs(was, is, func(r *openapi.Ambiguity) string { return r.ID }, func(old, now **openapi.Ambiguity) {
		switch {
		case old == nil:
			r := *now
			c.add(id, r.Line, contract.Change{Kind: "ambiguity-new", At: contract.OutsidePlace("x-ambiguities." + r.ID), Impact: contract.Minor, Before: absent(), Now: chosen(r), Message: ambiguityMessage(ambiguityNew, r)})
		case now == nil:
			r := *old
			c.add(id, 0, contract.Change{Kind: "ambiguity-settled", At: contract.OutsidePlace("x-ambiguities." + r.ID), Impact: contract.Minor, Before: chosen(r), Now: absent(), Message: ambiguityMessage(ambiguitySettled, r)})
		case (*old).Chosen != (*now).Chosen:
			c.add(id, (*now).Line, contract.Change{Kind: "ambiguity-changed", At: contract.OutsidePlace("x-ambiguities." + (*now).ID), Impact: contract.Degrades, Before: chosen(*old), Now: chosen(*now), Message: ambiguityMessage(ambiguityChosen, *now)})
		case differ(sourcesOf(*old), sourcesOf(*now)):
			c.add(id, (*now).Line, contract.Change{Kind: "ambiguity-changed", At: contract.OutsidePlace("x-ambiguities." + (*now).ID), Impact: contract.Minor, Before: sourcesOf(*old), Now: sourcesOf(*now), Message: ambiguityMessage(ambiguityOther, *now)})
		}
	})
}

// ambiguityMessage returns a message about an ambiguity and its places.
func ambiguityMessage(what *contract.Template, r *openapi.Ambiguity) contract.Message {
	if len(r.At) == 0 {
		return what.Says()
	}
	return ambiguityAt.Says(contract.ArgMessage("what", what.Says()), contract.ArgList("places", texts(r.At)))
}

func chosen(r *openapi.Ambiguity) contract.Value {
	return terms("chosen: "+r.Chosen, "chosen", r.Chosen)
}

// sourcesOf returns what the sources say about an ambiguity, and how strictly it is
// checked.
func sourcesOf(r *openapi.Ambiguity) (v contract.Value) {
	var all []string
	for _, s := range r.Sources {
		all = append(all, s.Source+": "+s.Text)
		v = with(with(v, "source", s.Source), "text", s.Text)
	}
	v = with(with(v, "at", slices.Sorted(slices.Values(texts(r.At)))...), "severity", string(r.Severity))
	all = append(all, "at "+strings.Join(slices.Sorted(slices.Values(texts(r.At))), " "), string(r.Severity))
	for _, e := range []struct {
		how string
		by  *openapi.Strict
	}{{"strict", r.Strict}, {"lenient", r.Lenient}} {
		if e.by != nil {
			all = append(all, e.how+": "+e.by.String())
			v = with(v, e.how, e.by.String())
		}
	}
	if len(r.Held) > 0 {
		all = append(all, "held by "+strings.Join(slices.Sorted(slices.Values(r.Held)), ", "))
		v = with(v, "held", slices.Sorted(slices.Values(r.Held))...)
	}
	v.Notation = strings.Join(all, "; ")
	return v
}

// signatures compares signatures in both directions, and authorization.
func (c *comparison) signatures(was, is *openapi.Operation) {
	c.signature(is, contract.InRequest, was.Sign.Request, is.Sign.Request)
	c.signature(is, contract.InResponse, was.Sign.Response, is.Sign.Response)
	describe := func(a *openapi.Authorization) contract.Value {
		if a == nil {
			return terms("none")
		}
		text := a.Scheme
		if a.User != "" {
			text += " of " + strings.TrimSuffix(a.User+" and "+a.Password, " and ")
		}
		if a.IssuedBy != "" {
			text += issuedBy(a)
		}
		if a.Bare {
			text += ", the token alone too"
		}
		v := terms(text, "scheme", a.Scheme, "user", a.User, "password", a.Password, "issuedBy", a.IssuedBy)
		if a.IssuedBy != "" {
			v = with(with(v, "token", string(a.Token)), "expires", string(a.Expires))
			if a.ExpiresIn != "" {
				v = with(v, "expiresIn", string(a.ExpiresIn))
			}
		}
		if a.Bare {
			v = with(v, "bare", "true")
		}
		return v
	}
	before, after := describe(was.Authorization), describe(is.Authorization)
	if !plain(was) || !plain(is) { // API keys, static tokens, alternatives
		before, after = ways(was), ways(is)
	}
	if differ(before, after) {
		c.add(is.ID, is.Line, contract.Change{Kind: "authorization-changed", At: contract.RequestAuthorization, Impact: contract.Breaks, Before: before, Now: after, Message: authorizationOther.Says()})
	}
}

// issuedBy says where a token comes from, and where its end is.
func issuedBy(a *openapi.Authorization) string {
	text := " issued by " + a.IssuedBy + " at " + string(a.Token)
	switch {
	case a.Expires != "":
		text += " until " + string(a.Expires)
	case a.ExpiresIn != "":
		text += " for the seconds in " + string(a.ExpiresIn)
	}
	return text
}

// plain reports whether at most one Authorization header, of Basic or an issued token,
// authorizes a request.
func plain(o *openapi.Operation) bool {
	all := o.Authorizations()
	return len(o.Alternatives()) <= 1 && len(all) <= 1 && (len(all) == 0 || all[0].Credential == "")
}

// ways describes the alternatives of an operation.
func ways(o *openapi.Operation) contract.Value {
	var all []string
	for _, alternative := range o.Alternatives() {
		var together []string
		for _, a := range alternative {
			text := a.Scheme + " at " + string(a.Place())
			for _, name := range a.Credentials() {
				text += " of " + name
			}
			if a.IssuedBy != "" {
				text += issuedBy(a)
			}
			if a.Bare {
				text += ", the token alone too"
			}
			together = append(together, text)
		}
		slices.Sort(together)
		all = append(all, cmp.Or(strings.Join(together, " and "), "no credentials"))
	}
	slices.Sort(all)
	return with(terms(strings.Join(all, "; or ")), "alternative", all...)
}

func (c *comparison) signature(o *openapi.Operation, of contract.Direction, was, is *openapi.Signature) {
	describe := func(s *openapi.Signature) contract.Value {
		if s == nil {
			return terms("none")
		}
		v := terms("", "scheme", s.Scheme, "at", string(s.At), "over", string(s.Over), "key", s.Key)
		text := fmt.Sprintf("%s at %s over %q, keyed by %s", s.Scheme, s.At, s.Over, s.Key)
		if s.Outside != "" {
			text = fmt.Sprintf("%s at %s over %q, keyed by %s", s.Scheme, s.Outside, s.Covers(), s.Key)
			v = with(v, "outside", string(s.Outside))
		}
		if len(s.Template) > 0 {
			text = fmt.Sprintf("%s at %s over %q, keyed by %s", s.Scheme, s.Place(), s.Covers(), s.Key)
			v = with(v, "template", s.Covers())
		}
		for _, term := range [][2]string{{"encoding", s.Encoding}, {"named", s.Named}, {"timestamp", string(s.Time) + s.TimeNamed}} {
			if term[1] != "" {
				text += ", " + term[0] + " " + term[1]
				v = with(v, term[0], term[1])
			}
		}
		if s.Tolerance > 0 {
			text += ", tolerance " + s.Tolerance.String()
			v = with(v, "tolerance", s.Tolerance.String())
		}
		if s.Required != nil {
			text += ", required when " + s.Required.String()
			v = with(v, "required", s.Required.String())
		}
		if len(s.Instead) > 0 {
			text += ", or " + strings.Join(s.Instead, " or ")
			v = with(v, "instead", s.Instead...)
		}
		v.Notation = text
		return v
	}
	before, after := describe(was), describe(is)
	if !differ(before, after) {
		return
	}
	change := contract.Change{Kind: "signature-changed", At: contract.OutsidePlace("x-signature." + string(of)), Impact: contract.Breaks, Before: before, Now: after, Message: signatureOther.Says(contract.ArgText("side", string(of)))}
	switch {
	case is == nil:
		change.Kind, change.Message = "signature-gone", signatureGone.Says(contract.ArgText("side", string(of)))
	case was == nil:
		change.Kind, change.Message = "signature-new", signatureNew.Says(contract.ArgText("side", string(of)))
		if of == contract.InResponse {
			change.Impact = contract.Degrades // our adapter still works, but does not check the signature
		}
	}
	c.add(o.ID, o.Line, change)
}

// meanings compares the extensions of members and parameters that both documents have.
func (c *comparison) meanings(was, is *openapi.Operation) {
	for _, now := range is.Parameters {
		for _, old := range was.Parameters {
			if old.Place() == now.Place() {
				c.meaning(is, now.Place(), &old.Member, &now.Member)
			}
		}
	}
	c.members(is, contract.InRequest, was.Request, is.Request)
	for _, status := range is.Statuses() {
		if old := was.Responses[status]; old != nil {
			c.members(is, contract.InResponse, old.Body, is.Responses[status].Body)
		}
	}
}

func (c *comparison) members(o *openapi.Operation, of contract.Direction, was, is *openapi.Body) {
	for _, now := range is.Members() {
		old := was.Member(now.Pointer)
		if old == nil {
			continue
		}
		at := of.Body(now.Pointer)
		c.meaning(o, at, old, now)
		if before, after := names(was, old), names(is, now); differ(before, after) {
			change := contract.Change{Kind: "names-changed", At: at, Impact: contract.Minor, Before: before, Now: after, Message: namesOther.Says()}
			switch {
			case of != contract.InRequest:
			case open(after), closed(before):
				change.Impact = contract.Harmless
			default: // the provider may reject undocumented members that we send
				change.Impact = contract.Breaks
			}
			c.add(o.ID, o.Line, change)
		}
	}
}

// meaning compares the extensions of one member.
func (c *comparison) meaning(o *openapi.Operation, at contract.Place, was, is *openapi.Member) {
	if was.Means != is.Means || was.Unit != is.Unit {
		c.add(o.ID, o.Line, contract.Change{Kind: "member-meaning", At: at, Impact: contract.Breaks, Before: meansTerms(was), Now: meansTerms(is), Message: memberMeaning.Says()})
	}
	if before, after := hidden(was), hidden(is); differ(before, after) {
		c.add(o.ID, o.Line, contract.Change{Kind: "member-hidden", At: at, Impact: contract.Minor, Before: before, Now: after, Message: memberHidden.Says()})
	}
}

// meansTerms is what a member means, with the unit of a timestamp.
func meansTerms(m *openapi.Member) contract.Value {
	means := m.Means
	if m.Unit != "" {
		means += " in " + m.Unit
	}
	return terms(cmp.Or(means, "none"), "means", means)
}

// Notations of objects that allow any or no undocumented names.
const (
	anyName = "any name"
	noName  = "no other name"
)

// open reports whether an object allows undocumented names with any type, and closed
// whether it allows none.
func open(v contract.Value) bool   { return slices.Equal(v.Terms[additional], []string{"true"}) }
func closed(v contract.Value) bool { return slices.Equal(v.Terms[additional], []string{"false"}) }

// additional is the term for undocumented names.
const additional = "additionalProperties"

// names returns which undocumented names an object allows. Without the keyword it allows any.
func names(b *openapi.Body, m *openapi.Member) contract.Value {
	if slices.Contains(m.Constraints, openapi.Constraint{Keyword: additional}) {
		return terms(noName, additional, "false")
	}
	if value := b.Member(m.Pointer.AppendToken(contract.Every)); value != nil && len(value.Types) > 0 {
		return with(terms(anyName+", each "+strings.Join(value.Types, " or ")), additional, value.Types...)
	}
	return terms(anyName, additional, "true")
}

func hidden(m *openapi.Member) contract.Value {
	switch {
	case m.Secret:
		return terms("secret", "secret", "true")
	case m.Personal != "":
		return terms("personal: "+m.Personal, "personal", m.Personal)
	case m.Keep:
		return terms("kept in recordings", "kept", "true")
	}
	return terms("shown")
}
