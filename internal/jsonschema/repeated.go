package jsonschema

import "regexp/syntax"

// repeated matches expressions such as ^[A-Za-z0-9]*$ or ^[0-9]{10}$ against ASCII text: one
// class of characters that is repeated. Many schemas have them. An automaton takes three
// times as long, because each of its steps waits for the one before.
type repeated struct {
	class    [256]bool // of ASCII characters
	min, max int       // max -1: none
}

// newRepeated returns nil if the expression has another form.
func newRepeated(expression string) *repeated {
	parsed, err := syntax.Parse(expression, syntax.Perl)
	if err != nil || parsed.Op != syntax.OpConcat || len(parsed.Sub) != 3 || parsed.Sub[0].Op != syntax.OpBeginText || parsed.Sub[2].Op != syntax.OpEndText {
		return nil
	}
	again := parsed.Sub[1]
	r := &repeated{min: 1, max: 1}
	switch again.Op { // another one stands once
	case syntax.OpStar:
		r.min, r.max = 0, -1
	case syntax.OpPlus:
		r.max = -1
	case syntax.OpQuest:
		r.min = 0
	case syntax.OpRepeat:
		r.min, r.max = again.Min, again.Max
	}
	if len(again.Sub) == 1 {
		again = again.Sub[0]
	}
	if again.Op != syntax.OpCharClass {
		return nil
	}
	for i := 0; i < len(again.Rune); i += 2 {
		for c := again.Rune[i]; c <= min(again.Rune[i+1], 127); c++ {
			r.class[c] = true
		}
	}
	return r
}

// matchesClass reports whether a text matches. It is not sure if the text is not ASCII,
// unless an earlier character decides.
func matchesClass[T string | []byte](r *repeated, value T) (yes, sure bool) {
	for i := range len(value) {
		if !r.class[value[i]] {
			return false, value[i] < 128
		}
	}
	return len(value) >= r.min && (r.max < 0 || len(value) <= r.max), true
}
