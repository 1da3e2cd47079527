package spec

import (
	"slices"
	"strings"
	"sync"

	"assay/internal/contract"
	"assay/internal/sift"
)

// Letters are the schemas of the readings of an operation that bodies can be held
// to, compiled into one check of each direction: of a body that it accepts nobody
// has to ask them one by one. It is safe for concurrent use.
type Letters struct {
	readings        []*Reading
	request, answer letters
}

// letters are those of one direction.
type letters struct {
	notes *sync.Pool         // of *sift.Notes
	check func() *sift.Check // gives nil where only each by itself can be asked
}

// Letters compiles the letters of an operation.
func (s *Spec) Letters(o *Operation) *Letters {
	l := &Letters{readings: s.AllReadings(o)}
	l.request, l.answer = l.side("request#"), l.side("answer#")
	return l
}

func (l *Letters) side(side string) letters {
	return letters{&sync.Pool{}, sync.OnceValue(func() *sift.Check {
		root := anything()
		for _, reading := range l.readings {
			for _, place := range reading.At {
				pointer, mine := strings.CutPrefix(place, side)
				if !mine || reading.Strict == nil || reading.Strict.schema == nil {
					continue
				}
				if contract.General(pointer) != pointer {
					return nil // it is about one item of an array
				}
				hold(leading(root, contract.Tokens(pointer)), plainly(reading.Strict.schema))
			}
		}
		check, _ := sift.Compile(root, sift.Asked{})
		return check
	})}
}

// anything is a schema that accepts everything, to which more can be added.
func anything() *sift.Schema {
	return &sift.Schema{Nullable: true, Free: true, MaxLength: -1, MaxItems: -1, MaxProperties: -1}
}

// leading gives the schema of what tokens lead to, made where it is not there yet.
func leading(at *sift.Schema, tokens []string) *sift.Schema {
	for _, token := range tokens {
		next := at.Properties[token]
		if token == "*" && at.Items != nil {
			next = at.Items
		}
		if next == nil {
			next = anything()
		}
		if at.Properties == nil {
			at.Properties = map[string]*sift.Schema{}
		}
		if at.Properties[token] = next; token == "*" {
			at.Items = next
		}
		at = next
	}
	return at
}

// hold puts a letter beside a schema that accepts everything. One about members
// makes it a schema of objects, which can then be gone over once for all letters.
func hold(at, letter *sift.Schema) {
	at.Besides = append(at.Besides, letter)
	if len(letter.Properties)+len(letter.Required)+len(letter.Without) > 0 {
		at.Types = []string{"object"}
	}
	for name := range letter.Properties {
		leading(at, []string{name})
	}
}

// keeps tells at a glance that a body keeps every letter of its direction. What it
// does not take for such a body may be one all the same.
func (l *letters) keeps(body []byte) bool {
	check := l.check()
	if check == nil || len(body) == 0 {
		return false
	}
	notes, ok := l.notes.Get().(*sift.Notes)
	if !ok {
		notes = check.Notes()
	}
	defer l.notes.Put(notes)
	return check.Accepts(body, notes)
}

// glances tells whether there is to be a glance before anything is explained.
func (x View) glances() bool { return x.memo != nil && x.memo.glance }

// kept tells at a glance that the letter of a reading is kept at a place.
func (x View) kept(rd *Reading, place string) bool {
	if !x.glances() || x.memo.letters == nil || !slices.Contains(x.memo.letters.readings, rd) {
		return false
	}
	m := x.memo
	switch side, _, inBody := strings.Cut(place, "#"); {
	case side == "answer" && inBody && m.taken.Answer:
		return true
	case !inBody:
		return strings.HasPrefix(place, "request.") && m.taken.Request
	case side == "request" && m.taken.Request:
		return true
	case side == "request":
		return once(&m.keepsAsked, func() bool { return m.letters.request.keeps(x.Exchange.Request.Body) })
	}
	return once(&m.keepsAnswered, func() bool { return m.letters.answer.keeps(x.Exchange.Answer.Body) })
}

// once remembers what was found.
func once(known **bool, find func() bool) bool {
	if *known == nil {
		found := find()
		*known = &found
	}
	return **known
}
