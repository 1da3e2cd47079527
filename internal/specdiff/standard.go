package specdiff

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/oasdiff/oasdiff/checker"
	"github.com/oasdiff/oasdiff/diff"
	"github.com/oasdiff/oasdiff/load"

	"assay/internal/contract"
	"assay/internal/lazy"
	"assay/internal/openapi"
)

// Messages about operations, and reasons.
var (
	operationMoved    = &contract.Template{ID: "documents.operation-moved", Text: "the operation has another path"}
	readAndPassedOn   = &contract.Template{ID: "impact.documents.handed-on", Text: "our adapter reads it and passes it on"}
	boundsByDocuments = &contract.Template{ID: "impact.documents.bounds", Text: "rated without a client: it can still be read, and its bounds are other ones"}
)

// standardRules has the rules of oasdiff by id, and standardConfig makes it apply all of
// them. Both take long to make, and oasdiff only reads them.
var (
	standardRules = sync.OnceValue(func() map[string]checker.BackwardCompatibilityRule {
		all := map[string]checker.BackwardCompatibilityRule{}
		for _, r := range checker.GetAllRules() {
			all[r.Id] = r
		}
		return all
	})
	standardConfig = sync.OnceValue(func() *checker.Config { return checker.NewConfig(checker.GetAllChecks()) })
)

// standard compares the plain OpenAPI parts of the documents.
func (c *comparison) standard() error {
	older, err := c.older.standard()
	if err != nil {
		return err
	}
	newer, err := c.newer.standard()
	if names := c.respelled(); err == nil && len(names) > 0 {
		newer, err = standard(c.newer.Spec, c.newer.Name, names)
	}
	if err != nil {
		return err
	}
	differences, err := differences(older, newer)
	if err != nil {
		return err
	}
	for _, found := range differences {
		if rule := standardRules()[found.GetId()]; !ignored(rule) {
			c.convert(found, rule)
		}
	}
	return nil
}

// inHeader is where a header parameter is.
const inHeader = "header"

// headerName is the name of a header parameter in an operation.
type headerName struct{ operation, name string }

// respelled returns the headers that the newer document writes in another case, with the
// names in the older one: oasdiff takes them for other headers.
func (c *comparison) respelled() map[headerName]string {
	all := map[headerName]string{}
	for _, is := range c.newer.Operations {
		was := c.olderOf(is)
		if was == nil {
			continue
		}
		for _, now := range is.Parameters {
			for _, old := range was.Parameters {
				if old.Place() == now.Place() && old.Name != now.Name && now.In == inHeader {
					all[headerName{is.ID, now.Name}] = old.Name
				}
			}
		}
	}
	return all
}

// standard returns a document as oasdiff reads it, with other names of headers.
func standard(s *openapi.Spec, name string, names map[headerName]string) (*load.SpecInfo, error) {
	doc, err := s.OpenAPI()
	if err != nil {
		return nil, err
	}
	for _, path := range doc.Paths.Map() {
		for _, o := range path.Operations() {
			for _, p := range o.Parameters {
				if other := names[headerName{o.OperationID, p.Value.Name}]; other != "" && p.Value.In == inHeader {
					p.Value.Name = other
				}
			}
		}
	}
	return flattened(&load.SpecInfo{Url: name, Spec: doc})
}

// flattened merges the parts of every allOf into one schema.
func flattened(info *load.SpecInfo) (*load.SpecInfo, error) {
	infos, err := load.WithFlattenAllOf()(nil, []*load.SpecInfo{info})
	if err != nil {
		return nil, err
	}
	return infos[0], nil
}

// differences returns what oasdiff finds in flattened documents. It only reads them.
func differences(older, newer *load.SpecInfo) (checker.Changes, error) {
	found, sources, err := diff.GetWithOperationsSourcesMap(diff.NewConfig(), older, newer)
	if err != nil {
		return nil, err
	}
	return checker.CheckBackwardCompatibilityUntilLevel(standardConfig(), found, sources, checker.NONE), nil
}

// ignored reports whether a rule of oasdiff is ignored. Security is compared with the
// extensions, tags and versions are for readers, and components matter only where an
// operation uses them.
func ignored(rule checker.BackwardCompatibilityRule) bool {
	return slices.Contains([]checker.Area{checker.AreaSecurity, checker.AreaTags, checker.AreaComponents, checker.AreaInfo}, rule.Area)
}

// convert adds a change of oasdiff.
func (c *comparison) convert(found checker.Change, rule checker.BackwardCompatibilityRule) {
	is := c.newer.Operation(found.GetOperationId())
	was := c.older.Operation(found.GetOperationId())
	if is != nil && was == nil {
		was = c.olderOf(is)
	}
	row := entry(found)
	change := contract.Change{
		Kind: kind(found.GetId()), Impact: impact(found, rule),
		At: place(found, row, was, is), Message: row.message(found),
	}
	change.Before, change.Now = values(was, is, change.At)
	if change.Before.IsZero() && change.Now.IsZero() {
		change.Before, change.Now = argumentValue(change.Kind, argumentAt(found, row.oldIndex)), argumentValue(change.Kind, argumentAt(found, row.newIndex))
	}
	if change.Before.IsZero() && change.Now.IsZero() {
		change.Got = row.ruleValue(found)
	}
	if c.implied(&change, found, was, is) || insideNot(change.At, was, is) {
		return
	}
	if alternatives().MatchString(found.GetId()) && !change.Got.IsZero() && sameBelow(was, is, change.At) {
		return // anyOf became oneOf, or the order changed
	}
	if changed := defaults().FindStringSubmatch(found.GetId()); changed != nil {
		old, now := member(was, change.At), member(is, change.At)
		if old == nil || now == nil || old.Keywords()["default"] == now.Keywords()["default"] {
			return // oasdiff names the member without those above it: keywords.go reports it
		}
		change.Impact, change.Why = defaultImpact(change.At, changed[1] != "added", now.Required)
	}
	if change.Kind == contract.MemberRetyped && sameTypes(member(was, change.At), member(is, change.At)) {
		change.Kind = contract.FormatChanged
	}
	if was != nil && is != nil && (change.Kind == "operation-gone" || change.Kind == "operation-new") { // oasdiff reports both for an operation that moved
		change.Kind, change.Impact, change.At = "operation-moved", contract.Breaks, contract.OutsidePlace("paths")
		change.Before, change.Now, change.Message = methodAndPath(was), methodAndPath(is), operationMoved.Says()
		change.Got = contract.Value{}
	}
	c.applyUses(&change, found.GetLevel(), was)
	c.add(found.GetOperationId(), 0, change)
}

// defaults matches the rules about the default of a member that both documents have.
var defaults = lazy.Regexp(`-default-value-(added|removed|changed)$`)

var alternatives = lazy.Regexp(`-(any|one)-of-`)

// sameBelow reports whether two documents describe a member and everything below it in
// the same way.
func sameBelow(was, is *openapi.Operation, place contract.Place) bool {
	pointer, inBody := place.Pointer()
	if was == nil || is == nil || !inBody {
		return false
	}
	below := func(o *openapi.Operation) (all []string) {
		bodies := []*openapi.Body{o.Request}
		if place.Direction() == contract.InResponse {
			bodies = nil
			for _, status := range o.Statuses() {
				bodies = append(bodies, o.Responses[status].Body)
			}
		}
		for _, b := range bodies {
			for _, m := range b.Members() {
				if pointer.Contains(m.Pointer) {
					all = append(all, string(m.Pointer)+" "+notation(traitsOf(m)))
				}
			}
		}
		slices.Sort(all)
		return all
	}
	return slices.Equal(below(was), below(is))
}

// sameTypes reports whether a member has the same types in both documents.
func sameTypes(was, is *openapi.Member) bool {
	return was != nil && is != nil && len(was.Types) > 0 && slices.Equal(was.Types, is.Types) && was.Nullable() == is.Nullable()
}

// impact converts a level of oasdiff. What breaks a client breaks ours, unless it is
// known what our adapter reads. What may break a client degrades. Wider requests are
// harmless, and additions to responses are minor.
func impact(found checker.Change, rule checker.BackwardCompatibilityRule) contract.Impact {
	switch {
	case found.GetLevel() >= checker.ERR:
		return contract.Breaks
	case found.GetLevel() >= checker.WARN:
		return contract.Degrades
	case rule.Direction == checker.DirectionRequest && rule.Kind != checker.KindExistence:
		return contract.Harmless
	}
	return contract.Minor
}

// applyUses sets the impact of a change in a response by what our adapter reads. A
// value of the same type with other bounds can still be read.
func (c *comparison) applyUses(change *contract.Change, level checker.Level, was *openapi.Operation) {
	pointer, inBody := change.At.Pointer()
	if !inBody || pointer == "" || change.At.Direction() != contract.InResponse {
		return
	}
	readable := false
	switch change.Kind {
	case contract.MemberRetyped:
		if level < checker.WARN {
			return
		}
	case contract.FormatChanged, contract.LengthChanged, contract.SizeChanged, contract.NumberChanged:
		if readable = true; level < checker.WARN {
			return
		}
	case contract.MemberRemoved, contract.MemberAbsent, contract.MemberNull, contract.EnumWidened:
	default:
		return
	}
	switch impact, why := c.uses.member(was, pointer); {
	case impact == "":
	case readable && impact == contract.Breaks:
		change.Impact, change.Why = contract.Degrades, readAndPassedOn.Says()
		if c.uses.Documented {
			change.Why = boundsByDocuments.Says()
		}
	default:
		change.Impact, change.Why = impact, why
	}
}

// kind returns our kind for a rule of oasdiff, or the id of the rule.
func kind(id string) contract.Kind {
	for _, k := range []struct {
		pattern string
		kind    contract.Kind
	}{
		{`^(endpoint-added)$`, "operation-new"},
		{`^api-operation-id-`, "operation-renamed"},
		{`^api(-path)?-removed`, "operation-gone"},
		{`status-(added|removed)`, "http-changed"},
		{`media-type`, "media-changed"},
		{`^new-.*(property|parameter)|(property|parameter)-added`, "member-added"},
		{`(property|parameter)-removed`, "member-removed"},
		{`-(type)-(changed|generalized|specialized|compatible)|list-of-types|(any|one)-of-(added|removed)`, "member-retyped"},
		{`(max|min)-items`, "size-changed"},
		{`became-nullable`, "member-null"},
		{`response.*became-optional`, "member-absent"},
		{`became-optional`, "became-optional"},
		{`became-required`, "became-required"},
		{`enum-value-added|became-not-enum`, "enum-widened"},
		{`enum-value-removed|became-enum`, "enum-narrowed"},
		{`(max|min)-length`, "length-changed"},
		{`pattern|format`, "format-changed"},
		{`-(exclusive-)?(max|min)-(set|unset|increased|decreased)|multiple-of`, "number-changed"},
	} {
		if regexp.MustCompile(k.pattern).MatchString(id) {
			return k.kind
		}
	}
	return contract.Kind(id)
}

// argumentValue returns the value that an argument describes.
func argumentValue(kind contract.Kind, argument string) contract.Value {
	v := contract.Value{Notation: argument}
	switch status, err := strconv.Atoi(argument); {
	case argument == "":
	case kind == contract.HTTPChanged && err == nil:
		v.HTTP = []int{status}
	case kind == contract.MediaChanged:
		v.Media = []string{argument}
	case kind == contract.EnumWidened || kind == "enum-narrowed":
		v.Values = []string{argument}
	}
	return v
}

// methodAndPath returns the method and path of an operation.
func methodAndPath(o *openapi.Operation) contract.Value {
	return terms(o.Method+" "+o.Path, "method", o.Method, "path", o.Path)
}

// place returns the place of a change of oasdiff.
func place(found checker.Change, row *line, was, is *openapi.Operation) contract.Place {
	if in, name := row.argument(found, "in"), row.argument(found, "parameter"); in != "" && name != "" {
		return contract.Parameter(in, name)
	}
	id := found.GetId()
	of := contract.InResponse
	switch {
	case strings.Contains(id, "response"):
		if strings.Contains(id, "status-") {
			return contract.ResponseStatus
		}
		if strings.Contains(id, "media-type") && !strings.Contains(id, "enum") {
			return contract.ResponseType
		}
	case strings.Contains(id, "request"):
		of = contract.InRequest
		if strings.Contains(id, "media-type") {
			return contract.RequestType
		}
	default:
		return ""
	}
	return of.Body(pointer(row.argument(found, "property"), of, was, is))
}

var combined = lazy.Regexp(`(?:anyOf|oneOf|allOf|not)\[[^\]]*\]`)

// pointer converts oasdiff's path of a property to a JSON pointer. items and
// additionalProperties become * unless a document has a member of that name.
func pointer(path string, of contract.Direction, operations ...*openapi.Operation) contract.Pointer {
	at := contract.Pointer("")
	for _, token := range strings.Split(combined().ReplaceAllString(path, ""), "/") {
		if token == "" {
			continue
		}
		next := at.AppendToken(token)
		if (token == "items" || token == "additionalProperties") && !slices.ContainsFunc(operations, func(o *openapi.Operation) bool { return member(o, of.Body(next)) != nil }) {
			next = at.AppendToken(contract.Every)
		}
		at = next
	}
	return at
}

// insideNot reports whether a place is in a schema under not, where no member is
// documented. oasdiff rates changes there as if the schema had to be satisfied; keywords.go
// tells that the not is another.
func insideNot(place contract.Place, operations ...*openapi.Operation) bool {
	pointer, _ := place.Pointer()
	at := contract.Pointer("")
	for token := range pointer.Tokens() {
		at = at.AppendToken(token)
		if token == "not" && !slices.ContainsFunc(operations, func(o *openapi.Operation) bool { return member(o, place.Direction().Body(at)) != nil }) {
			return true
		}
	}
	return false
}

// member returns the documented member of a place, or nil.
func member(o *openapi.Operation, place contract.Place) *openapi.Member {
	pointer, inBody := place.Pointer()
	if o == nil {
		return nil
	}
	if !inBody {
		for _, p := range o.Parameters {
			if p.Place() == place {
				return &p.Member
			}
		}
		return nil
	}
	if place.Direction() == contract.InRequest {
		return o.Request.Member(pointer)
	}
	for _, status := range o.Statuses() {
		if m := o.Responses[status].Member(pointer); m != nil {
			return m
		}
	}
	return nil
}

// values returns the differences between the descriptions of a member.
func values(was, is *openapi.Operation, place contract.Place) (before, after contract.Value) {
	a, b := member(was, place), member(is, place)
	switch {
	case a == nil && b == nil:
		return before, after
	case a == nil:
		return absent(), value(traitsOf(b))
	case b == nil:
		return value(traitsOf(a)), absent()
	}
	only := func(all, other []trait) []trait {
		return slices.DeleteFunc(all, func(t trait) bool {
			return slices.ContainsFunc(other, func(o trait) bool { return o.notation == t.notation })
		})
	}
	old, now := traitsOf(a), traitsOf(b)
	return value(only(slices.Clone(old), now)), value(only(slices.Clone(now), old))
}

// trait is one property of a member in a schema.
type trait struct {
	notation string
	put      func(*contract.Value)
}

// traitsOf returns what a schema says about a member.
func traitsOf(m *openapi.Member) (all []trait) {
	types := slices.Clone(m.Types)
	if len(types) > 0 && !slices.Contains(m.Constraints, openapi.Constraint{Keyword: "null"}) {
		types = append(types, "null")
	}
	for _, t := range types {
		all = append(all, trait{t, func(v *contract.Value) { v.Types = append(v.Types, t) }})
	}
	presence := "optional"
	if m.Required {
		presence = "required"
	}
	all = append(all, trait{presence, func(v *contract.Value) { v.Presence = presence }})
	for _, one := range m.Enum {
		all = append(all, trait{strconv.Quote(one), func(v *contract.Value) { v.Values = append(v.Values, one) }})
	}
	for _, c := range m.Constraints {
		switch c.Keyword {
		case "required", "type", "enum", "null", "syntax": // covered above
		default:
			all = append(all, trait{strings.TrimSpace(c.Keyword + " " + c.Limit), func(v *contract.Value) {
				v.Keywords = append(v.Keywords, contract.Keyword{Keyword: c.Keyword, Limit: c.Limit})
			}})
		}
	}
	return slices.CompactFunc(all, func(a, b trait) bool { return a.notation == b.notation })
}

// value combines traits.
func value(all []trait) contract.Value {
	v := contract.Value{Notation: notation(all)}
	for _, t := range all {
		t.put(&v)
	}
	return v
}

func notation(all []trait) string {
	var parts []string
	for _, t := range all {
		parts = append(parts, t.notation)
	}
	return strings.Join(parts, ", ")
}

// implied reports whether a change follows from the table of codes: a new code brings
// its status, which is also in the enumeration of statuses. Other values are reported.
func (c *comparison) implied(change *contract.Change, found checker.Change, was, is *openapi.Operation) bool {
	if was != nil && is != nil && change.Kind == contract.HTTPChanged {
		return slices.ContainsFunc(is.Codes, func(row *openapi.Code) bool {
			old := was.Code(row.Name())
			return old != nil && old.HTTP != row.HTTP && (slices.Contains(change.Now.HTTP, row.HTTP) || slices.Contains(change.Before.HTTP, old.HTTP))
		})
	}
	if was == nil || is == nil || change.Kind != "enum-widened" && change.Kind != "enum-narrowed" {
		return false
	}
	now, before := is, was
	if change.Kind == "enum-narrowed" {
		now, before = was, is
	}
	type one struct {
		at   contract.Place
		text string
	}
	fromCodes := map[one]bool{}
	for _, row := range now.Codes {
		if before.Code(row.Name()) != nil {
			continue
		}
		for _, pointer := range now.Result.Status {
			fromCodes[one{contract.ResponseBody(pointer), row.Status}] = true
		}
		for _, pointer := range now.Result.Code {
			fromCodes[one{contract.ResponseBody(pointer), row.Code}] = true
		}
	}
	for _, argument := range found.GetArgs() {
		if fromCodes[one{change.At, fmt.Sprint(argument)}] {
			return true
		}
	}
	return false
}
