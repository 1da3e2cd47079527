package shape

import (
	"encoding/json"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"assay/internal/contract"
	"assay/internal/openapi"
)

// growing is a part, and the way to its members that builds no pointers.
type growing struct {
	part *Part
	root *node
	kept map[contract.Pointer]*node
	// documents looks up what the specification says of a member.
	documents func(*node)
	strangers int              // members that are kept and nobody documents
	last      contract.Pointer // the stranger that would be crowded out; "": to be found
	echoed    func() *said     // what the request said; nil: this is the request
	walks     int              // objects that were walked
}

// node is a member of the part, or none where it was crowded out.
type node struct {
	name     string
	above    *node
	m        *Member
	below    map[string]*node
	pointer  contract.Pointer
	listable bool // its values may be shown
	currency bool
	numbers  bool // its least and largest may
	times    bool // how many digits its least and largest have may
	sealed   bool // its values are marks of ours
	free     bool // names below it are values
	known    bool // the documents list it
	enum     []string
	walked   int // the last walk of the object it is in that met it
}

// grow makes the way to the members of a part.
func grow(p *Part, o *openapi.Operation, of contract.Direction) *growing {
	g := &growing{part: p}
	g.index(o, of)
	return g
}

// index makes the tree anew of what the part has.
func (g *growing) index(o *openapi.Operation, of contract.Direction) {
	g.kept, g.last, g.strangers = map[contract.Pointer]*node{}, "", 0
	if g.part.Members[""] == nil {
		g.part.Members[""] = NewMember()
	}
	g.root = &node{m: g.part.Members[""], below: map[string]*node{}}
	g.root.document(o, of)
	g.kept[""] = g.root
	for pointer, m := range g.part.Members {
		if pointer == "" || !InBody(pointer) {
			continue
		}
		n := g.root
		for token := range pointer.Tokens() {
			if n.below[token] == nil {
				below := &node{name: token, above: n, below: map[string]*node{}, pointer: n.pointer.AppendToken(token)}
				below.document(o, of)
				n.below[token] = below
			}
			n = n.below[token]
		}
		n.m = m
		g.kept[pointer] = n
		if !n.known {
			g.strangers++
		}
	}
	g.documents = func(n *node) { n.document(o, of) }
	for g.strangers > mostMembers {
		g.crowd()
	}
}

func (g *growing) at(pointer contract.Pointer) *Member {
	if g.part.Members[pointer] == nil {
		g.part.Members[pointer] = NewMember()
	}
	return g.part.Members[pointer]
}

// document looks up what the specification says of a member.
func (n *node) document(o *openapi.Operation, of contract.Direction) {
	known := Documented(o, of, n.pointer)
	hidden := o.Hides(of.Body(n.pointer))
	n.sealed = known.Hidden()
	said := of == contract.InResponse && slices.Contains(slices.Concat(o.Result.Code, o.Result.Status, o.Result.Message), n.pointer)
	n.listable = !hidden && !said && known != nil && (known.Means == "" || known.Means == "currency") && (!known.FreeText() || of == contract.InResponse && !echoes(o, n.pointer))
	n.currency = known != nil && known.Means == "currency"
	n.times = !hidden && known != nil && known.Means == "timestamp"
	n.numbers = !hidden && known != nil && (known.Means == "" || strings.HasPrefix(known.Means, "amount"))
	if n.known = known != nil; n.known {
		n.free, n.enum = known.Free, known.Enum
	}
}

// echoes tells whether a response's member has the name of one of the request: it
// may say again what a person wrote there.
func echoes(o *openapi.Operation, pointer contract.Pointer) bool {
	return pointer == "" || slices.ContainsFunc(o.Request.Members(), func(m *openapi.Member) bool {
		return strings.EqualFold(m.Pointer.LastToken(), pointer.LastToken())
	})
}

// walk learns a value and what is below it.
func (g *growing) walk(n *node, value any, at Origin) {
	m := n.m
	switch v := value.(type) {
	case nil:
		m.Types.note("null", mostNames, at)
	case bool:
		m.Types.note("boolean", mostNames, at)
		if !n.sealed && !m.Many { // true and false are nobody's
			m.Values.note(strconv.FormatBool(v), mostValues+1, at)
			m.few()
		}
	case json.Number:
		number(n, v.String(), at)
	case string:
		g.text(n, v, at)
	case []any:
		m.Types.note("array", mostNames, at)
		m.Items = widened(m.Items, strconv.Itoa(len(v)))
		if len(v) == 0 {
			return
		}
		if below := g.child(n, contract.Every); below != nil {
			for _, item := range v {
				g.walk(below, item, at)
			}
		}
	case map[string]any:
		m.Types.note("object", mostNames, at)
		g.walks++
		walk, met := g.walks, 0
		for key, item := range v {
			below := g.child(n, key)
			if below == nil {
				continue
			}
			if below.walked != walk {
				below.walked = walk
				met++
			}
			g.walk(below, item, at)
		}
		if met < len(n.below) {
			n.miss(walk, at)
		}
		m.objects.Add(&Observed{1, at, at})
	}
}

// miss notes which known members an object has not.
func (n *node) miss(walk int, at Origin) {
	for _, below := range n.below {
		if below.walked != walk && below.m != nil && below.name != contract.Every {
			below.m.missed.Add(&Observed{1, at, at})
		}
	}
}

func number(n *node, text string, at Origin) {
	kind := "integer"
	if _, whole := contract.WholeText(json.Number(text)); !whole {
		kind = "number"
	}
	n.m.Types.note(kind, mostNames, at)
	switch {
	case n.numbers && len(text) <= 32:
		n.m.Number = widened(n.m.Number, text)
	case n.times && timeDigits.MatchString(text):
		// a time is another one each day, and of as many digits
		least, most := magnitude(text)
		n.m.Number = widened(widened(n.m.Number, least), most)
	}
}

var timeDigits = regexp.MustCompile(`^-?[0-9]{1,31}$`)

// magnitude gives the least and the largest whole number of as many digits.
func magnitude(text string) (least, most string) {
	number, negative := strings.CutPrefix(text, "-")
	small, large := "1"+strings.Repeat("0", len(number)-1), strings.Repeat("9", len(number))
	switch {
	case number == "0":
		return "0", "0"
	case negative:
		return "-" + large, "-" + small
	}
	return small, large
}

func (g *growing) text(n *node, text string, at Origin) {
	n.m.Types.note("string", mostNames, at)
	if n.sealed && redacted(text) {
		return
	}
	n.m.Formats.note(format(text), mostNames, at)
	n.m.Length = widened(n.m.Length, strconv.Itoa(utf8.RuneCountInString(text)))
	if n.listable {
		g.value(n, text, at)
	}
}

// value keeps a value while they are few.
func (g *growing) value(n *node, text string, at Origin) {
	if n.m.Many {
		return
	}
	if !slices.Contains(n.enum, text) && (n.m.Values[text] == nil && !single(text) || n.currency && !currencyForm.MatchString(text) || !n.currency && g.echoed != nil && g.echoed().has(text)) {
		n.m.Many, n.m.Values = true, Tally{} // prose, identifiers, or what somebody said
		return
	}
	n.m.Values.note(text, mostValues+1, at)
	n.m.few()
}

// child is the node of a member, nil where it is crowded out.
func (g *growing) child(n *node, key string) *node {
	if below := n.below[key]; below != nil && (key == contract.Every || n.fixes(g, key)) {
		return below
	}
	if key != contract.Every && !n.fixes(g, key) {
		// what the request said is another thing each time: a name that was kept
		// once is a value where the request has it
		if key = name(key); n.free || g.echoed != nil && key != contract.Every && g.echoed().has(key) {
			key = contract.Every
		}
	}
	if below := n.below[key]; below != nil {
		return below
	}
	pointer := n.pointer.AppendToken(key)
	if len(pointer) > longest {
		g.part.More = true
		return nil
	}
	below := &node{name: key, above: n, below: map[string]*node{}, pointer: pointer, m: NewMember()}
	g.documents(below)
	if !below.known {
		if g.strangers >= mostMembers {
			g.part.More = true
			if behind(pointer, g.outermost()) {
				return nil
			}
			g.crowd()
		}
		g.strangers++
	}
	if key != contract.Every {
		below.m.missed = n.m.objects
	}
	n.below[key], g.kept[pointer], g.part.Members[pointer] = below, below, below.m
	return below
}

// outermost is the stranger that stands last in the order in which they are kept: what
// is below one stands right behind it.
func (g *growing) outermost() contract.Pointer {
	if g.last == "" {
		for pointer, n := range g.kept {
			if !n.known && pointer != "" && behind(pointer, g.last) {
				g.last = pointer
			}
		}
	}
	return g.last
}

// crowd takes the last stranger away.
func (g *growing) crowd() {
	last := g.outermost()
	if gone := g.kept[last]; gone != nil && gone.above != nil {
		delete(gone.above.below, gone.name)
	}
	delete(g.kept, last)
	delete(g.part.Members, last)
	g.last = ""
	g.strangers--
	g.part.More = true
}

// fixes tells whether a member's name is the documents' own. A number is known
// where a list is documented, as a position of it.
func (n *node) fixes(g *growing, key string) bool {
	if n.free || strings.Trim(key, "0123456789") == "" {
		return false
	}
	below := n.below[key]
	if below == nil {
		below = &node{pointer: n.pointer.AppendToken(key)}
		g.documents(below)
	}
	return below.known
}
