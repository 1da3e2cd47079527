package specdiff

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/oasdiff/oasdiff/checker"
	"github.com/oasdiff/oasdiff/diff"
	"github.com/oasdiff/oasdiff/load"

	"assay/internal/contract"
	"assay/internal/spec"
)

// standard compares what plain OpenAPI says. What allOf puts together is one
// schema, as it is to whoever reads an answer.
func (c *comparison) standard() error {
	var infos []*load.SpecInfo
	for _, document := range []Document{c.older, c.newer} {
		doc, err := spec.OpenAPI(document.Raw)
		if err != nil {
			return err
		}
		infos = append(infos, &load.SpecInfo{Url: document.Name, Spec: doc})
	}
	infos, err := load.WithFlattenAllOf()(nil, infos)
	if err != nil {
		return err
	}
	differences, sources, err := diff.GetWithOperationsSourcesMap(diff.NewConfig(), infos[0], infos[1])
	if err != nil {
		return err
	}
	all := map[string]checker.BackwardCompatibilityRule{}
	for _, r := range checker.GetAllRules() {
		all[r.Id] = r
	}
	say := checker.NewDefaultLocalizer()
	for _, found := range checker.CheckBackwardCompatibilityUntilLevel(checker.NewConfig(checker.GetAllChecks()), differences, sources, checker.NONE) {
		rule := all[found.GetId()]
		// security is compared here, with what the dialect says of it; tags and
		// versions are for readers; of components counts what an operation uses
		if slices.Contains([]checker.Area{checker.AreaSecurity, checker.AreaTags, checker.AreaComponents, checker.AreaInfo}, rule.Area) {
			continue
		}
		c.plain(found, rule, say)
	}
	return nil
}

// plain makes a change of one of oasdiff's.
func (c *comparison) plain(found checker.Change, rule checker.BackwardCompatibilityRule, say checker.Localizer) {
	is := c.newer.Operation(found.GetOperationId())
	was := c.older.Operation(found.GetOperationId())
	if is != nil && was == nil {
		was = c.same(is)
	}
	pattern := marked(found, say)
	change := contract.Change{
		Kind: kind(found.GetId()), Impact: impact(found, rule),
		At: place(found, pattern, was, is), Message: found.GetUncolorizedText(say),
	}
	change.Before, change.Now = words(was, is, change.At)
	if change.Before == "" && change.Now == "" {
		change.Before, change.Now = told(found, pattern)
	}
	if c.implied(&change, found, was, is) {
		return
	}
	if alternatives.MatchString(found.GetId()) && change.Before == "" && change.Now == "" && alike(was, is, change.At) {
		return // anyOf became oneOf, or stands in another order
	}
	if change.Kind == contract.MemberRetyped && sameTypes(member(was, change.At), member(is, change.At)) {
		change.Kind = contract.FormatChanged
	}
	if was != nil && is != nil && (change.Kind == "operation-gone" || change.Kind == "operation-new") { // both, for one that moved
		change.Kind, change.Impact, change.At = "operation-moved", contract.Breaks, "paths"
		change.Before, change.Now, change.Message = was.Method+" "+was.Path, is.Method+" "+is.Path, "the operation stands at another path"
	}
	c.weigh(&change, found.GetLevel(), was)
	c.found(found.GetOperationId(), 0, change)
}

var alternatives = regexp.MustCompile(`-(any|one)-of-`)

// alike tells whether two documents say the same of a member and of all below it.
func alike(was, is *spec.Operation, place string) bool {
	side, pointer, inBody := strings.Cut(place, "#")
	if was == nil || is == nil || !inBody {
		return false
	}
	below := func(o *spec.Operation) (all []string) {
		bodies := []*spec.Body{o.Request}
		if side == "answer" {
			bodies = nil
			for _, status := range o.Statuses() {
				bodies = append(bodies, o.Answers[status].Body)
			}
		}
		for _, b := range bodies {
			for _, m := range b.Members() {
				if m.Pointer == pointer || strings.HasPrefix(m.Pointer, pointer+"/") {
					all = append(all, m.Pointer+" "+strings.Join(described(m), ", "))
				}
			}
		}
		slices.Sort(all)
		return all
	}
	return slices.Equal(below(was), below(is))
}

// sameTypes tells whether two members that both documents have are of the same types.
func sameTypes(was, is *spec.Member) bool {
	return was != nil && is != nil && len(was.Types) > 0 && slices.Equal(was.Types, is.Types) && was.Nullable() == is.Nullable()
}

// impact maps a level of oasdiff's. What breaks a client breaks us, until
// somebody looks at what we read; what may break one degrades; of the rest a
// wider request is harmless, and what answers gain has to be watched.
func impact(found checker.Change, rule checker.BackwardCompatibilityRule) contract.Impact {
	switch {
	case found.GetLevel() >= checker.ERR:
		return contract.Breaks
	case found.GetLevel() >= checker.WARN:
		return contract.Degrades
	case rule.Direction == checker.DirectionRequest && rule.Kind != checker.KindExistence:
		return contract.Harmless
	}
	return contract.Watch
}

// weigh gives the impact of what no longer stands in an answer as it did: it is
// our adapter that reads it, and not any client. A type that became a narrower
// one is still what was read.
func (c *comparison) weigh(change *contract.Change, level checker.Level, was *spec.Operation) {
	pointer, answered := strings.CutPrefix(change.At, "answer#")
	if !answered || pointer == "" {
		return
	}
	handed := false
	switch change.Kind {
	case contract.MemberRetyped:
		if level < checker.WARN {
			return
		}
	case contract.FormatChanged, contract.LengthChanged, contract.SizeChanged, contract.NumberChanged:
		if handed = true; level < checker.WARN {
			return
		}
	case contract.MemberRemoved, contract.MemberAbsent, contract.MemberNull, contract.EnumWidened:
	default:
		return
	}
	switch impact, why := c.uses.member(was, pointer); {
	case impact == "":
	case handed && impact == contract.Breaks:
		change.Impact, change.Why = contract.Degrades, "our adapter reads it and hands it on"
	default:
		change.Impact, change.Why = impact, why
	}
}

// kind gives one of oasdiff's rules our word, where we have one.
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

// marked is the sentence of a change with marks in the places of its arguments:
// only the sentence tells which of them names a property.
func marked(found checker.Change, say checker.Localizer) string {
	var marks []any
	for i := range found.GetArgs() {
		marks = append(marks, mark(i))
	}
	return say(found.GetId(), marks...)
}

func mark(i int) string { return fmt.Sprintf("<%d>", i) }

var (
	// what stands before the word comes first: of `a response's property type`
	// the type is no property
	propertyMark  = regexp.MustCompile("<(\\d+)>`? (?:(?:request(?:'s)?|response(?:'s)?|optional|required|write-only|read-only) )*property|property `?<(\\d+)>")
	parameterMark = regexp.MustCompile("<(\\d+)>`? request parameter `?<(\\d+)>")
	fromTo        = regexp.MustCompile("from `?<(\\d+)>`? to `?<(\\d+)>")
	gained        = regexp.MustCompile("^added the [a-z -]*`?<(\\d+)>")
	lost          = regexp.MustCompile("^removed the [a-z -]*`?<(\\d+)>")
)

// argument is the text of the one whose number a match holds.
func argument(found checker.Change, numbers ...string) string {
	for _, n := range numbers {
		if i, err := strconv.Atoi(n); err == nil && i < len(found.GetArgs()) {
			return fmt.Sprint(found.GetArgs()[i])
		}
	}
	return ""
}

// told reads what was and what is out of the sentence.
func told(found checker.Change, pattern string) (was, is string) {
	if m := fromTo.FindStringSubmatch(pattern); m != nil {
		return argument(found, m[1]), argument(found, m[2])
	}
	if m := gained.FindStringSubmatch(pattern); m != nil {
		is = argument(found, m[1])
	}
	if m := lost.FindStringSubmatch(pattern); m != nil {
		was = argument(found, m[1])
	}
	return was, is
}

// place is where in an exchange a change of oasdiff's stands.
func place(found checker.Change, pattern string, was, is *spec.Operation) string {
	if m := parameterMark.FindStringSubmatch(pattern); m != nil {
		in, name := argument(found, m[1]), argument(found, m[2])
		if in == "header" {
			name = strings.ToLower(name)
		}
		return "request." + in + "." + name
	}
	id := found.GetId()
	side := "answer"
	switch {
	case strings.Contains(id, "response"):
		if strings.Contains(id, "status-") {
			return "answer.status"
		}
		if strings.Contains(id, "media-type") && !strings.Contains(id, "enum") {
			return "answer.header.content-type"
		}
	case strings.Contains(id, "request"):
		side = "request"
		if strings.Contains(id, "media-type") {
			return "request.header.content-type"
		}
	default:
		return ""
	}
	m := propertyMark.FindStringSubmatch(pattern)
	if m == nil {
		return side + "#"
	}
	return side + "#" + pointer(argument(found, m[1:]...), side, was, is)
}

var combined = regexp.MustCompile(`(?:anyOf|oneOf|allOf|not)\[[^\]]*\]`)

// pointer makes a JSON pointer of oasdiff's path of a property. Its items and
// additionalProperties are members of that name only where a document has such.
func pointer(path, side string, operations ...*spec.Operation) string {
	at := ""
	for _, token := range strings.Split(combined.ReplaceAllString(path, ""), "/") {
		if token == "" {
			continue
		}
		next := at + contract.Pointer(token)
		if (token == "items" || token == "additionalProperties") && !slices.ContainsFunc(operations, func(o *spec.Operation) bool { return member(o, side+"#"+next) != nil }) {
			next = at + "/*"
		}
		at = next
	}
	return at
}

// member finds the documented member of a place, nil if there is none.
func member(o *spec.Operation, place string) *spec.Member {
	side, pointer, inBody := strings.Cut(place, "#")
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
	if side == "request" {
		return o.Request.Member(pointer)
	}
	for _, status := range o.Statuses() {
		if m := o.Answers[status].Member(pointer); m != nil {
			return m
		}
	}
	return nil
}

// words says how a member was described and how it is: only what differs.
func words(was, is *spec.Operation, place string) (before, after string) {
	a, b := member(was, place), member(is, place)
	switch {
	case a == nil && b == nil:
		return "", ""
	case a == nil:
		return "absent", strings.Join(described(b), ", ")
	case b == nil:
		return strings.Join(described(a), ", "), "absent"
	}
	only := func(all, other []string) string {
		return strings.Join(slices.DeleteFunc(all, func(w string) bool { return slices.Contains(other, w) }), ", ")
	}
	old, now := described(a), described(b)
	return only(slices.Clone(old), now), only(slices.Clone(now), old)
}

// described is what a schema says of a member, a few words each.
func described(m *spec.Member) []string {
	all := slices.Clone(m.Types)
	if len(all) > 0 && !slices.Contains(m.Constraints, spec.Constraint{Keyword: "null"}) {
		all = append(all, "null")
	}
	presence := "optional"
	if m.Required {
		presence = "required"
	}
	all = append(all, presence)
	for _, value := range m.Enum {
		all = append(all, strconv.Quote(value))
	}
	for _, c := range m.Constraints {
		switch c.Keyword {
		case "required", "type", "enum", "null", "syntax": // said above
		default:
			all = append(all, strings.TrimSpace(c.Keyword+" "+c.Limit))
		}
	}
	return slices.Compact(all)
}

// implied tells whether a change only repeats what the table of codes says: a
// new code brings its own status, and the enumeration of statuses has it too.
// Other values stay.
func (c *comparison) implied(change *contract.Change, found checker.Change, was, is *spec.Operation) bool {
	if was != nil && is != nil && change.Kind == contract.HTTPChanged {
		return slices.ContainsFunc(is.Codes, func(row *spec.Code) bool {
			old := was.Code(row.Code)
			return old != nil && old.HTTP != row.HTTP && (change.Now == strconv.Itoa(row.HTTP) || change.Before == strconv.Itoa(old.HTTP))
		})
	}
	if was == nil || is == nil || change.Kind != "enum-widened" && change.Kind != "enum-narrowed" {
		return false
	}
	now, before := is, was
	if change.Kind == "enum-narrowed" {
		now, before = was, is
	}
	said := map[string]bool{}
	for _, row := range now.Codes {
		if before.Code(row.Code) != nil {
			continue
		}
		for _, pointer := range now.Result.Status {
			said[contract.AnswerBody(pointer)+" "+row.Status] = true
		}
		for _, pointer := range now.Result.Code {
			said[contract.AnswerBody(pointer)+" "+row.Code] = true
		}
	}
	for _, argument := range found.GetArgs() {
		if said[change.At+" "+fmt.Sprint(argument)] {
			return true
		}
	}
	return false
}
