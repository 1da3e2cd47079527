package traffic

import "assay/internal/contract"

// Limited is options with another limit on the size of an entry.
func Limited(o Options, largest int) Options {
	o.largest = largest
	return o
}

// Spoil overwrites the text that the lines of a batch stand in, and tells how long
// it is.
func Spoil(b *Batch) int {
	for i := range b.text {
		b.text[i] = '#'
	}
	return len(b.text)
}

// QuickLine parses a line quickly; false: it gives up on it.
func QuickLine(raw string) (contract.Exchange, error, bool) {
	l, s := line{}, Scratch{}
	if !l.quick([]byte(raw), &s) {
		return contract.Exchange{}, nil, false
	}
	ex, err := l.exchange(&s)
	return ex, err, true
}

// StructLine parses a line in structs.
func StructLine(raw string) (contract.Exchange, error) { return StructsInto([]byte(raw), new(Scratch)) }

// StructsInto parses a line in structs, its URL into memory that is used again.
func StructsInto(raw []byte, s *Scratch) (contract.Exchange, error) {
	l := line{}
	if err := l.decode(raw); err != nil {
		return contract.Exchange{}, err
	}
	return l.exchange(s)
}

// ParseLine and ParseHAR parse entries, ParseInto a line into memory that is used
// again.
func ParseLine(raw string) (contract.Exchange, error) { return parseLine([]byte(raw), nil) }

func ParseHAR(raw string) (contract.Exchange, error) { return anyRecorder().parseHAR([]byte(raw), nil) }

var ParseInto = parseLine

// Plant makes the parser of an entry panic.
func Plant(e *Entry) {
	e.parse = func([]byte, *Scratch) (contract.Exchange, error) { panic("planted") }
}
