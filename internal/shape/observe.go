package shape

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"

	"assay/internal/contract"
	"assay/internal/lazy"
	"assay/internal/openapi"
	"assay/internal/redact"
)

// builder adds values to a part. It finds members through a tree, without building
// pointers.
type builder struct {
	part  *Part
	root  *node
	nodes map[contract.Pointer]*node
	// documents looks up a member in the specification.
	documents    func(*node)
	undocumented int                 // undocumented members in the part
	last         contract.Pointer    // the undocumented member to drop next; "": not computed yet
	request      func() *requestText // texts of the request; nil: this is the request
	walks        int                 // number of objects walked so far
	recorded     bool                // another program recorded the exchange, and may have replaced values
}

// node is a member in the tree. m is nil if the part does not have the member.
type node struct {
	name       string
	above      *node
	m          *Member
	below      map[string]*node
	pointer    contract.Pointer
	listable   bool // its values may be kept
	currency   bool
	numbers    bool        // its smallest and largest number may be kept
	times      bool        // the number of digits of its smallest and largest number may be kept
	redacted   bool        // its values may be marks of redaction
	free       bool        // its member names are values
	documented bool        // the specification documents it
	texts      bool        // the specification allows a text
	masked     func() bool // the documents print a replaced value: the provider itself replaces it
	enum       []string
	walked     int // the last walk of its parent that found it
}

// newBuilder returns the builder of a part.
func newBuilder(p *Part, o *openapi.Operation, of contract.Direction) *builder {
	g := &builder{part: p}
	g.index(o, of)
	return g
}

// index builds the tree from the part.
func (g *builder) index(o *openapi.Operation, of contract.Direction) {
	g.nodes, g.last, g.undocumented = map[contract.Pointer]*node{}, "", 0
	if g.part.Members[""] == nil {
		g.part.Members[""] = NewMember()
	}
	g.root = &node{m: g.part.Members[""], below: map[string]*node{}}
	g.root.document(o, of)
	g.nodes[""] = g.root
	for pointer, m := range g.part.Members {
		if pointer == "" || !IsBody(pointer) {
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
		g.nodes[pointer] = n
		if !n.documented {
			g.undocumented++
		}
	}
	g.documents = func(n *node) { n.document(o, of) }
	for g.undocumented > mostMembers {
		g.dropLast()
	}
}

func (g *builder) at(pointer contract.Pointer) *Member {
	if g.part.Members[pointer] == nil {
		g.part.Members[pointer] = NewMember()
	}
	return g.part.Members[pointer]
}

// document looks up the member in the specification.
func (n *node) document(o *openapi.Operation, of contract.Direction) {
	known := Documented(o, of, n.pointer)
	hidden := o.Redacts(of.Body(n.pointer))
	n.redacted = known.Sensitive()
	n.masked = sync.OnceValue(func() bool { return printsReplaced(o, of, n.pointer, known) })
	result := of == contract.InResponse && slices.Contains(slices.Concat(o.Result.Code, o.Result.Status, o.Result.Message), n.pointer)
	n.listable = !hidden && !result && known != nil && (known.Means == "" || known.Means == "currency") && (!known.FreeText() || of == contract.InResponse && !inRequest(o, n.pointer))
	n.currency = known != nil && known.Means == "currency"
	n.times = !hidden && known != nil && known.Means == "timestamp"
	n.numbers = !hidden && known != nil && (known.Means == "" || strings.HasPrefix(known.Means, "amount"))
	if n.documented = known != nil; n.documented {
		n.free, n.enum = known.Free, known.Enum
		n.texts = len(known.Types) == 0 || slices.Contains(known.Types, "string")
	}
}

// inRequest reports whether a member of a response has the name of a member of the
// request, and so may repeat what a person wrote there.
func inRequest(o *openapi.Operation, pointer contract.Pointer) bool {
	return pointer == "" || slices.ContainsFunc(o.Request.Members(), func(m *openapi.Member) bool {
		return strings.EqualFold(m.Pointer.LastToken(), pointer.LastToken())
	})
}

// walk learns a value and everything below it.
func (g *builder) walk(n *node, value any, at Origin) {
	m := n.m
	switch v := value.(type) {
	case nil:
		m.Types.note("null", mostNames, at)
	case bool:
		m.Types.note("boolean", mostNames, at)
		if !n.redacted && !m.Many { // true and false are not personal
			m.Values.note(strconv.FormatBool(v), mostValues+1, at)
			m.few()
		}
	case json.Number:
		number(n, v.String(), at)
	case string:
		g.text(n, v, at)
	case []any:
		m.Types.note("array", mostNames, at)
		m.Items = widen(m.Items, strconv.Itoa(len(v)))
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

// miss counts the known members that an object does not have.
func (n *node) miss(walk int, at Origin) {
	for _, below := range n.below {
		if below.walked != walk && below.m != nil && below.name != contract.Every {
			below.m.absent.Add(&Observed{1, at, at})
		}
	}
}

func number(n *node, text string, at Origin) {
	kind := "integer"
	if len(text) > 32 || strings.ContainsAny(text, ".eE") { // a client may read 1.0 differently from 1
		kind = "number"
	}
	n.m.Types.note(kind, mostNames, at)
	switch {
	case n.numbers && len(text) <= 32:
		n.m.Number = widen(n.m.Number, text)
	case n.times && timeDigits().MatchString(text):
		// a time differs every day, but has the same number of digits
		least, most := magnitude(text)
		n.m.Number = widen(widen(n.m.Number, least), most)
	}
}

var timeDigits = lazy.Regexp(`^-?[0-9]{1,31}$`)

// magnitude returns the smallest and the largest integer with the same number of
// digits.
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

func (g *builder) text(n *node, text string, at Origin) {
	if g.recorded && replaced(text) && !slices.Contains(n.enum, text) && !n.byDesign(text) && !n.masked() {
		n.m.replace(&Observed{1, at, at})
		return
	}
	n.m.Types.note("string", mostNames, at)
	if n.redacted && g.recorded && replaced(text) {
		return // formats and lengths are those of the replacement
	}
	if n.redacted && redacted(text) || marked(text) {
		return
	}
	n.m.Formats.note(format(text), mostNames, at)
	n.m.Length = widen(n.m.Length, strconv.Itoa(utf8.RuneCountInString(text)))
	if n.listable {
		g.value(n, text, at)
	}
}

// byDesign reports whether a replaced text takes nothing away from the shape: it stands for
// a text of which assay's own recordings keep nothing either.
func (n *node) byDesign(text string) bool {
	return (n.redacted || redact.Marked(text)) && (!n.documented || n.texts)
}

// value keeps a value while the member has few.
func (g *builder) value(n *node, text string, at Origin) {
	if n.m.Many {
		return
	}
	if listed := slices.Contains(n.enum, text) && documentable(text); !listed && (n.m.Values[text] == nil && !enumLike(text) || n.currency && !currencyForm().MatchString(text) || !n.currency && g.request != nil && g.request().contains(text)) {
		n.m.Many, n.m.Values = true, Tally{} // prose, an identifier, or a text of the request
		return
	}
	n.m.Values.note(text, mostValues+1, at)
	n.m.few()
}

// child returns the node of a member, or nil if the part is full.
func (g *builder) child(n *node, key string) *node {
	if below := n.below[key]; below != nil && (key == contract.Every || n.fixes(g, key)) {
		return below
	}
	if key != contract.Every && !n.fixes(g, key) {
		// texts of the request differ each time: a name that was kept once is a value
		// if the request contains it
		if key = name(key); n.free || g.request != nil && key != contract.Every && g.request().contains(key) {
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
	if !below.documented {
		if g.undocumented >= mostMembers {
			g.part.More = true
			if after(pointer, g.lastUndocumented()) {
				return nil
			}
			g.dropLast()
		}
		g.undocumented++
	}
	if key != contract.Every {
		below.m.absent = n.m.objects
	}
	n.below[key], g.nodes[pointer], g.part.Members[pointer] = below, below, below.m
	return below
}

// lastUndocumented returns the last undocumented member in pointer order.
func (g *builder) lastUndocumented() contract.Pointer {
	if g.last == "" {
		for pointer, n := range g.nodes {
			if !n.documented && pointer != "" && after(pointer, g.last) {
				g.last = pointer
			}
		}
	}
	return g.last
}

// dropLast removes the last undocumented member.
func (g *builder) dropLast() {
	last := g.lastUndocumented()
	if gone := g.nodes[last]; gone != nil && gone.above != nil {
		delete(gone.above.below, gone.name)
	}
	delete(g.nodes, last)
	delete(g.part.Members, last)
	g.last = ""
	g.undocumented--
	g.part.More = true
}

// fixes reports whether the specification documents a member under this very name. A
// number may be the position in a documented list.
func (n *node) fixes(g *builder, key string) bool {
	if n.free || strings.Trim(key, "0123456789") == "" {
		return false
	}
	below := n.below[key]
	if below == nil {
		below = &node{pointer: n.pointer.AppendToken(key)}
		g.documents(below)
	}
	return below.documented
}
