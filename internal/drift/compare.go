package drift

import (
	"maps"
	"slices"
	"strconv"

	"assay/internal/contract"
	"assay/internal/openapi"
	"assay/internal/shape"
)

// Compare reports what changed between two shapes of an operation, the worst first.
// uses says what our adapter does with the responses; nil means that this is not known.
//
// A member that was always present is reported at its first absence if it is required,
// or if our adapter needs it, it was present at least three times, and it is not
// documented as optional. A text that our adapter rejects is reported the first time as
// well. Other losses are reported only if chance is an unlikely cause: see fewer. A
// documented novelty is reported only if the old sample was large enough to show it. A
// result code that means a refusal counts as gone only if it came at least 20 times
// before; for other codes the same odds hold as for members.
func Compare(was, is *shape.Shape, o *openapi.Operation, uses *Uses) []contract.Change {
	c := &comparison{o: o, uses: uses, byStatus: shape.ByStatus(o)}
	if was == nil || is == nil {
		return nil
	}
	c.total[0], c.total[1] = was.Exchanges(), is.Exchanges()
	c.all = shape.Sum(slices.Concat(slices.Collect(maps.Values(was.Codes))...))
	if c.all == nil {
		c.all = shape.NewPart()
	}
	c.accepted(was, is)
	before := len(c.found)
	c.withoutCode(was, is)
	c.pages(was, is)
	c.silenced = len(c.found) > before && !slices.ContainsFunc(slices.Collect(maps.Keys(is.Codes)), shape.HasCode)
	codes := maps.Clone(was.Codes)
	maps.Copy(codes, is.Codes)
	for _, code := range slices.Sorted(maps.Keys(codes)) {
		c.of, c.code, c.was, c.is = contract.InResponse, code, shape.Sum(was.Codes[code]), shape.Sum(is.Codes[code])
		switch {
		case c.was == nil:
			if c.appeared() {
				c.beside()
			}
		case c.is == nil:
			c.vanished()
		default:
			for _, rule := range rules() {
				rule(c)
			}
		}
	}
	return contract.SortChanges(c.found)
}

// comparison compares one code of one operation.
type comparison struct {
	o       *openapi.Operation
	uses    *Uses
	total   [2]int64
	code    string
	was, is *shape.Part
	all     *shape.Part // all codes of the old shape together
	of      contract.Direction
	// silenced is true if no new response has a code: that is a change of its own
	silenced bool
	byStatus bool // see shape.ByStatus
	found    []contract.Change
}

// Messages about result codes, and about what comes with them.
var (
	codeNew       = &contract.Template{ID: "drift.code-new", Text: "a response has a result code that did not occur before"}
	codeRetyped   = &contract.Template{ID: "drift.code-retyped", Text: "the result code is {now|or}, and was {before|or}"}
	codeGone      = &contract.Template{ID: "drift.code-gone", Text: "a result code no longer occurs"}
	codelessGone  = &contract.Template{ID: "drift.code-gone.none", Text: "responses without a result code no longer occur"}
	httpOther     = &contract.Template{ID: "drift.http-changed", Text: "the HTTP status is {now}, and was {before}"}
	statusOther   = &contract.Template{ID: "drift.status-changed", Text: "the status is {now}, and was {before}"}
	messageOther  = &contract.Template{ID: "drift.message-changed", Text: "the message has another form"}
	mediaOther    = &contract.Template{ID: "drift.media-changed", Text: "the media type is {now}, and was {before}"}
	muchLater     = &contract.Template{ID: "drift.slower", Text: "95% of the responses take up to {now}, and took up to {before}"}
	noVariantFits = &contract.Template{ID: "drift.no-variant-fits", Text: "{what}; the code is documented, but none of its variants fits"}
	listedNowhere = &contract.Template{ID: "drift.listed-nowhere", Text: "{what}; it is not documented"}
)

// Reasons for the impact of such changes.
var (
	codeUnknown      = &contract.Template{ID: "impact.code-unknown", Text: "our adapter does not know the code: it reads the outcome as unknown, and each order needs an inquiry"}
	codeByType       = &contract.Template{ID: "impact.code-of-another-type", Text: "our adapter does not read a code of this type: it reads the outcome as unknown, and each order needs an inquiry"}
	codeUnfit        = &contract.Template{ID: "impact.code-unfit", Text: "our adapter knows the code, and it is documented, but none of its variants fits"}
	codeUndocumented = &contract.Template{ID: "impact.code-known", Text: "our adapter knows the code, but it is not documented"}
	codeDocumented   = &contract.Template{ID: "impact.code-documented", Text: "the code is documented, and our adapter reads it as {outcome}"}
	codeReplaced     = &contract.Template{ID: "impact.code-gone", Text: "our adapter no longer meets this code; the code that replaces it may mean something else"}
	noInquiry        = &contract.Template{ID: "impact.codeless-gone", Text: "orders need no inquiry for this reason any more"}
	usesUnknown      = &contract.Template{ID: "impact.not-known", Text: "it is not known what our adapter does with it"}
	httpUnread       = &contract.Template{ID: "impact.http-unread", Text: "our adapter does not read the HTTP status"}
	httpDecides      = &contract.Template{ID: "impact.http-decides", Text: "our adapter branches on the HTTP status"}
	messageRefused   = &contract.Template{ID: "impact.message-refused", Text: "our adapter rejects such a message"}
	messageEmpty     = &contract.Template{ID: "impact.message-empty", Text: "our adapter shows the message to people, and now there is none"}
	messageShown     = &contract.Template{ID: "impact.message-shown", Text: "our adapter only shows the message to people"}
	mediaUnread      = &contract.Template{ID: "impact.media-unread", Text: "our adapter reads the body without looking at the media type"}
	payerWaits       = &contract.Template{ID: "impact.payer-waits", Text: "the payer waits longer, and the request may time out"}
	sentOtherwise    = &contract.Template{ID: "impact.sent-otherwise", Text: "our side changed what it sends, and the provider accepts it"}
)

// nowhere adds to a message that the documents do not list the thing.
func nowhere(what contract.Message) contract.Message {
	return listedNowhere.Says(contract.ArgMessage("what", what))
}

// unlistedText adds to a message about a code that no row of the table is about it.
func (c *comparison) unlistedText(what contract.Message) contract.Message {
	if c.o.Lists(c.code) {
		return noVariantFits.Says(contract.ArgMessage("what", what))
	}
	return nowhere(what)
}

// rules lists the comparisons of one code, one a line.
func rules() []func(*comparison) {
	return []func(*comparison){httpStatus, status, message, mediaType, headers, allMembers, slower}
}

// news is a change without the fields that all changes of a comparison share.
type news struct {
	kind   contract.Kind
	at     contract.Place
	got    contract.Value // the new value, if it is a single one
	text   contract.Message
	impact contract.Impact
	why    contract.Message
	was    contract.Count
	is     contract.Count
	seen   *shape.Observed // the new exchanges that show it
	before contract.Value
	now    contract.Value
}

func (c *comparison) add(n news) {
	change := contract.Change{
		Kind: n.kind, Impact: n.impact, Operation: c.o.Name(), Code: c.code, At: n.at, Message: n.text, Why: n.why,
		Was: n.was, Is: n.is, Before: n.before, Now: n.now, Got: n.got, Doc: c.o.Doc(n.at), Example: c.example(n),
	}
	if n.seen != nil {
		change.First, change.Last = n.seen.First.Name, n.seen.Last.Name
	}
	change.Why = c.uses.reason(change.Why)
	change.Identify()
	c.found = append(c.found, change)
}

// appeared reports a new code. It returns whether the members of its responses are to
// be compared too.
func (c *comparison) appeared() bool {
	n := news{kind: contract.CodeNew, at: c.codeAt(), text: codeNew.Says(), was: contract.Count{N: 0, Of: c.total[0]}, is: contract.Count{N: c.is.Exchanges, Of: c.total[1]}, seen: c.is.Observed(), now: contract.Value{Codes: []string{c.code}}}
	row := c.o.Code(c.code)
	switch {
	case c.code == shape.None:
		return false // see pages
	case c.code == shape.Uncoded:
		return true // see unsaid
	case c.uses != nil && !slices.Contains(c.uses.Codes, c.code):
		n.impact, n.why = contract.Breaks, codeUnknown.Says()
	case c.uses == nil:
		n.impact, n.why = contract.Minor, usesUnknown.Says()
	case row == nil && c.o.Lists(c.code):
		n.impact, n.why = contract.Minor, codeUnfit.Says()
	case row == nil:
		n.impact, n.why = contract.Minor, codeUndocumented.Says()
	case !fewer(c.is.Exchanges, c.total[1], 0, c.total[0]):
		return false // documented, known, and rare
	default:
		n.impact, n.why = contract.Harmless, codeDocumented.Says(contract.ArgText("outcome", string(row.State)))
	}
	if row == nil {
		c.unlisted(&n)
	}
	c.add(n)
	return true
}

// beside reports members that only responses with the new code have.
func (c *comparison) beside() {
	c.was = c.all
	members(c, func(m *compared) {
		if m.was.N() == 0 && m.is.N() > 0 {
			m.added()
		}
	})
}

// unlisted completes the change for an undocumented code: it is a new one, or a
// documented code of another type.
func (c *comparison) unlisted(n *news) {
	if len(c.o.Result.Code) == 0 {
		return
	}
	pointer := c.o.Result.Code[0]
	was, is := c.all.Members[pointer], c.is.Members[pointer]
	switch {
	case was.N() > 0 && is.N() > 0 && len(unseen(was.Types, is.Types)) > 0:
		n.kind, n.text = contract.MemberRetyped, codeRetyped.Says(contract.ArgList("now", is.Types.Names()), contract.ArgList("before", was.Types.Names()))
		n.before.Types, n.now.Types = tallied(was.Types), tallied(is.Types)
		n.why = codeByType.Says()
	default:
		n.text = c.unlistedText(n.text)
		n.now.Statuses, n.now.Messages, n.now.HTTP = one(statusesOf(c.is.Statuses.Names()...).Statuses), one(messagesOf(c.is.Messages.Names()...).Messages), one(httpOf(c.is.HTTP.Names()...).HTTP)
	}
}

func (c *comparison) vanished() {
	row := c.o.Code(c.code)
	asked := row == nil || !slices.Contains([]contract.State{contract.Succeeded, contract.Pending, contract.Redirect}, row.State)
	if c.silenced || asked && c.was.Exchanges < shape.EnoughValues || !fewer(c.was.Exchanges, c.total[0], 0, c.total[1]) {
		return
	}
	n := news{
		kind: contract.CodeGone, at: c.codeAt(), text: codeGone.Says(), impact: contract.Minor,
		why: codeReplaced.Says(),
		was: contract.Count{N: c.was.Exchanges, Of: c.total[0]}, is: contract.Count{N: 0, Of: c.total[1]},
	}
	if !shape.HasCode(c.code) {
		n.text, n.impact, n.why = codelessGone.Says(), contract.Harmless, noInquiry.Says()
	}
	c.add(n)
}

// codeAt returns the place of the code in the responses, or the HTTP status if that is
// their code.
func (c *comparison) codeAt() contract.Place {
	part := c.is
	if part == nil {
		part = c.was
	}
	for _, pointer := range c.o.Result.Code {
		if part.Members[pointer].N() > 0 {
			return contract.ResponseBody(pointer)
		}
	}
	if len(c.o.Result.Code) == 0 || shape.IsCode(c.code) && c.byStatus {
		return contract.ResponseStatus
	}
	return contract.ResponseBody(c.o.Result.Code[0])
}

// firstPresent returns the first of the pointers that the new responses have.
func (c *comparison) firstPresent(pointers []contract.Pointer) contract.Pointer {
	for _, pointer := range pointers {
		if c.is.Members[pointer].N() > 0 {
			return pointer
		}
	}
	return pointers[0]
}

// accepted compares accepted requests: what our side sends differently, and what else
// the provider accepts.
func (c *comparison) accepted(was, is *shape.Shape) {
	c.of, c.code, c.was, c.is = contract.InRequest, shape.Accepted, shape.Sum(was.Requests), shape.Sum(is.Requests)
	if c.was != nil && c.is != nil {
		allMembers(c)
	}
}

// unseen returns the names that only the new tally has.
func unseen(was, is shape.Tally) []string {
	return slices.DeleteFunc(is.Names(), func(name string) bool { return name == shape.Rest || was.MayContain(name) })
}

// rare is the factor by which something must become more frequent to be reported
// although it occurred before.
const rare = 5

// risen returns the names that became so much more frequent that chance is an unlikely
// cause. n and m are how often there was, and is, any of them; what a recording hides counts.
func risen(was, is shape.Tally, n, m int64) []string {
	return slices.DeleteFunc(is.Names(), func(name string) bool {
		return name == shape.Rest || was[name] == nil || !rises(was.N(name), n, is.N(name), m)
	})
}

// rises reports whether l of m is significantly more than k of n.
func rises(k, n, l, m int64) bool {
	return n > 0 && m > 0 && float64(l)/float64(m) >= rare*float64(k)/float64(n) && fewer(l, m, k, n)
}

func httpStatus(c *comparison) {
	for _, got := range slices.Concat(unseen(c.was.HTTP, c.is.HTTP), risen(c.was.HTTP, c.is.HTTP, c.was.HTTP.Sum(), c.is.HTTP.Sum())) {
		if row := c.o.Code(c.code); row != nil && strconv.Itoa(row.HTTP) == got {
			continue
		}
		n := news{
			kind: contract.HTTPChanged, at: contract.ResponseStatus, got: httpOf(got), impact: contract.Minor, why: httpUnread.Says(),
			text: httpOther.Says(contract.ArgText("now", got), contract.ArgList("before", c.was.HTTP.Names())),
			was:  contract.Count{N: c.was.HTTP.N(got), Of: c.was.Exchanges}, is: contract.Count{N: c.is.HTTP.N(got), Of: c.is.Exchanges}, seen: c.is.HTTP[got], before: httpOf(c.was.HTTP.Names()...), now: httpOf(got),
		}
		if c.uses != nil && c.uses.Status {
			n.impact, n.why = contract.Breaks, httpDecides.Says()
		}
		c.add(n)
	}
}

func status(c *comparison) {
	row := c.o.Code(c.code)
	for _, got := range slices.Concat(unseen(c.was.Statuses, c.is.Statuses), risen(c.was.Statuses, c.is.Statuses, c.was.Statuses.Sum(), c.is.Statuses.Sum())) {
		if len(c.was.Statuses) == 0 || row != nil && row.Status == got {
			continue
		}
		at := c.firstPresent(c.o.Result.Status)
		impact, why := c.weighed(at)
		c.add(news{
			kind: contract.StatusChanged, at: contract.ResponseBody(at), got: statusesOf(got), impact: impact, why: why,
			text: statusOther.Says(contract.ArgText("now", got), contract.ArgList("before", c.was.Statuses.Names())),
			was:  contract.Count{N: c.was.Statuses.N(got), Of: c.was.Exchanges}, is: contract.Count{N: c.is.Statuses.N(got), Of: c.is.Exchanges}, seen: c.is.Statuses[got], before: statusesOf(c.was.Statuses.Names()...), now: statusesOf(got),
		})
	}
}

func message(c *comparison) {
	if n := c.was.Messages.Sum(); n == 0 || n < thrice && len(c.o.Messages(c.code)) == 0 {
		return // there may be other messages, as for many refusals
	}
	at := c.firstPresent(c.o.Result.Message)
	for _, got := range unseen(c.was.Messages, c.is.Messages) {
		if slices.Contains(c.o.Messages(c.code), got) || slices.ContainsFunc(c.was.Messages.Names(), func(had string) bool { return shape.SameForm(had, got) }) {
			continue
		}
		impact, why := c.shown(at, got)
		c.add(news{
			kind: contract.MessageChanged, at: contract.ResponseBody(at), got: messagesOf(got), impact: impact, why: why,
			text: messageOther.Says(), now: messagesOf(got),
			was: contract.Count{N: 0, Of: c.was.Exchanges}, is: contract.Count{N: c.is.Messages.N(got), Of: c.is.Exchanges}, seen: c.is.Messages[got],
		})
	}
}

// shown returns the impact of another message on an adapter that shows it.
func (c *comparison) shown(pointer contract.Pointer, message string) (contract.Impact, contract.Message) {
	format := "text"
	if message == contract.EmptyText {
		format = "empty"
	}
	switch weight := c.uses.Of(c.code, pointer); {
	case c.uses == nil, weight == Unread, weight == Read:
		return c.weighed(pointer)
	case c.uses.Refuses(c.code, pointer, format):
		return contract.Breaks, messageRefused.Says()
	case message == contract.EmptyText:
		return contract.Degrades, messageEmpty.Says()
	}
	return contract.Minor, messageShown.Says()
}

func mediaType(c *comparison) {
	for _, got := range unseen(c.was.Media, c.is.Media) {
		if c.documented(got) {
			continue
		}
		c.add(news{
			kind: contract.MediaChanged, at: contract.ResponseType, got: mediaOf(got), impact: contract.Minor, why: mediaUnread.Says(),
			text: mediaOther.Says(contract.ArgText("now", got), contract.ArgList("before", c.was.Media.Names())),
			was:  contract.Count{N: 0, Of: c.was.Exchanges}, is: contract.Count{N: c.is.Media.N(got), Of: c.is.Exchanges},
			seen: c.is.Media[got], before: mediaOf(c.was.Media.Names()...), now: mediaOf(got),
		})
	}
}

// documented reports whether every response with the HTTP statuses of the code may have
// a media type.
func (c *comparison) documented(media string) bool {
	return !slices.ContainsFunc(c.is.HTTP.Names(), func(status string) bool {
		n, _ := strconv.Atoi(status) // an edited shape may have others
		return c.o.Responses[n] == nil || !slices.Contains(c.o.Responses[n].Types, media)
	})
}

// muchSlower is the factor of the 95th percentile from which responses are slower. Both
// samples must be large enough, and chance an unlikely cause.
const muchSlower = 2

func slower(c *comparison) {
	n, m := c.was.Latency.Count(), c.is.Latency.Count()
	before, now := c.was.Latency.Quantile(.95), c.is.Latency.Quantile(.95)
	if n < shape.EnoughValues || m < shape.EnoughValues || now <= muchSlower*before || !fewer(c.is.Latency.Above(before), m, c.was.Latency.Above(before), n) {
		return
	}
	before, now = before.Round(before/100), now.Round(now/100)
	c.add(news{
		kind: contract.Slower, at: contract.WholeResponse, impact: contract.Degrades, why: payerWaits.Says(),
		text: muchLater.Says(contract.ArgText("now", now.String()), contract.ArgText("before", before.String())),
		was:  contract.Count{N: n, Of: c.was.Exchanges}, is: contract.Count{N: m, Of: c.is.Exchanges}, seen: c.is.Observed(), before: contract.Value{Within: before}, now: contract.Value{Within: now},
	})
}

// weighed returns the impact of a change of a member, by what our adapter does with it.
func (c *comparison) weighed(pointer contract.Pointer) (contract.Impact, contract.Message) {
	switch {
	case c.inRequest():
		return contract.Harmless, sentOtherwise.Says()
	case c.uses == nil:
		return contract.Minor, usesUnknown.Says()
	}
	return c.uses.Of(c.code, pointer).Impact()
}
