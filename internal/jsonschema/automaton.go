package jsonschema

import (
	"encoding/binary"
	"regexp/syntax"
	"slices"
)

// automaton matches a regular expression against ASCII text, one table lookup per byte.
// It is built from the program of package regexp by the subset construction.
//
// It stays because the bounds do not hold without it. With package regexp alone a Paytm
// order takes 1.6 times as long to validate (0.20 × decoding with encoding/json, not
// 0.12 ×), and `assay check` reads 6.9 times as fast as decode + VisitJSON, not 8.3
// times (BenchmarkTable, BenchmarkCheck).
type automaton struct {
	next    [][128]uint8 // by state and byte; state 0 cannot match any more
	decided [256]bool    // the rest of the text does not change the result
	final   [256]bool    // the text matches if it ends here
}

// maxStates bounds the table. Package regexp matches larger expressions.
const maxStates = 128

// newAutomaton returns nil if the expression needs word or line boundaries, or too many
// states.
func newAutomaton(pattern string) *automaton {
	parsed, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil {
		return nil
	}
	prog, err := syntax.Compile(parsed.Simplify())
	if err != nil {
		return nil
	}
	b := &builder{prog: prog, index: map[string]int{}, a: &automaton{}}
	b.state(nil)                                             // the state that cannot match any more
	start, ok := b.close([]uint32{uint32(prog.Start)}, true) // an index into the program
	if !ok {
		return nil
	}
	b.state(start)
	for i := 1; i < len(b.threads); i++ {
		if !b.step(i) || len(b.threads) > maxStates {
			return nil
		}
	}
	return b.a
}

// matches reports whether a text matches. It is not sure if the text is not ASCII, unless
// what comes before decides.
func (a *automaton) matches(value []byte) (yes, sure bool) { return run(a, value) }

// matchesText is matches for a string.
func (a *automaton) matchesText(value string) (yes, sure bool) { return run(a, value) }

func run[T string | []byte](a *automaton, value T) (yes, sure bool) {
	state, bits := uint8(1), byte(0)
	if a.decided[state] {
		return a.final[state], true
	}
	for i := range len(value) {
		c := value[i]
		bits |= c
		if state = a.next[state][c&0x7f]; a.decided[state] {
			return a.final[state], bits < 128
		}
	}
	return a.final[state], bits < 128
}

type builder struct {
	prog    *syntax.Prog
	index   map[string]int
	threads [][]uint32 // for each state, the instructions at which its threads wait
	a       *automaton
}

func keyOf(threads []uint32) string {
	key := make([]byte, 0, 4*len(threads))
	for _, t := range threads {
		key = binary.LittleEndian.AppendUint32(key, t)
	}
	return string(key)
}

// state returns the number of the state for a set of threads, and adds a state if there
// is none.
func (b *builder) state(threads []uint32) int {
	key := keyOf(threads)
	if n, ok := b.index[key]; ok {
		return n
	}
	n := len(b.threads)
	b.index[key] = n
	b.threads = append(b.threads, threads)
	b.a.next = append(b.a.next, [128]uint8{})
	matched := slices.ContainsFunc(threads, func(t uint32) bool { return b.prog.Inst[t].Op == syntax.InstMatch })
	b.a.decided[n], b.a.final[n] = n == 0 || matched, matched || b.ends(threads)
	return n
}

// close follows threads until they wait for a character, wait for the end, or have
// matched. It is not ok if a thread needs a word or line boundary.
func (b *builder) close(from []uint32, begin bool) (all []uint32, ok bool) {
	visited := map[uint32]bool{}
	ok = true
	var follow func(uint32)
	follow = func(at uint32) {
		if visited[at] {
			return
		}
		visited[at] = true
		switch in := b.prog.Inst[at]; in.Op {
		case syntax.InstAlt, syntax.InstAltMatch:
			follow(in.Out)
			follow(in.Arg)
		case syntax.InstCapture, syntax.InstNop:
			follow(in.Out)
		case syntax.InstEmptyWidth:
			switch syntax.EmptyOp(in.Arg) { // the other operations are boundaries
			case syntax.EmptyBeginText:
				if begin {
					follow(in.Out)
				}
			case syntax.EmptyEndText:
				all = append(all, at)
			default:
				ok = false
			}
		case syntax.InstFail:
		default:
			all = append(all, at)
		}
	}
	for _, at := range from {
		follow(at)
	}
	slices.Sort(all)
	return slices.Compact(all), ok
}

// ends reports whether the threads match if the text ends here.
func (b *builder) ends(threads []uint32) bool {
	visited := map[uint32]bool{}
	var reaches func(uint32) bool
	reaches = func(at uint32) bool {
		if visited[at] {
			return false
		}
		visited[at] = true
		switch in := b.prog.Inst[at]; in.Op {
		case syntax.InstMatch:
			return true
		case syntax.InstAlt, syntax.InstAltMatch:
			return reaches(in.Out) || reaches(in.Arg)
		case syntax.InstCapture, syntax.InstNop:
			return reaches(in.Out)
		case syntax.InstEmptyWidth:
			return syntax.EmptyOp(in.Arg) == syntax.EmptyEndText && reaches(in.Out)
		default:
			return false
		}
	}
	return slices.ContainsFunc(threads, reaches)
}

// step fills the row of a state. A match may begin anywhere, so the start is added to
// the threads after every character.
func (b *builder) step(state int) bool {
	known := map[string]int{} // by the threads that continue
	out := make([]uint32, 0, len(b.threads[state])+1)
	for c := rune(0); c < 128; c++ {
		out = out[:0]
		for _, at := range b.threads[state] {
			in := &b.prog.Inst[at]
			switch in.Op { // other instructions do not wait for a character
			case syntax.InstRune, syntax.InstRune1, syntax.InstRuneAny, syntax.InstRuneAnyNotNL:
				if in.MatchRune(c) {
					out = append(out, in.Out)
				}
			}
		}
		out = append(out, uint32(b.prog.Start)) // an index into the program
		key := keyOf(out)
		n, found := known[key]
		if !found {
			closed, ok := b.close(out, false)
			if !ok {
				return false
			}
			if n = b.state(closed); n > maxStates {
				return false
			}
			known[key] = n
		}
		b.a.next[state][c] = uint8(n) // at most maxStates
	}
	return true
}
