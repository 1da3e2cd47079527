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

// QuickLine parses a line without encoding/json; false: it gives up on it.
func QuickLine(raw string) (contract.Exchange, error, bool) {
	l := line{}
	if !l.quick(raw, nil) {
		return contract.Exchange{}, nil, false
	}
	ex, err := l.exchange(nil)
	return ex, err, true
}

// SlowLine parses a line with encoding/json.
func SlowLine(raw string) (contract.Exchange, error) {
	l := line{}
	if err := l.slow([]byte(raw)); err != nil {
		return contract.Exchange{}, err
	}
	return l.exchange(nil)
}

// QuickHAR parses an entry without encoding/json; false: it gives up on it.
func QuickHAR(raw string) (contract.Exchange, error, bool) {
	e := harEntry{}
	if !e.quick(raw) {
		return contract.Exchange{}, nil, false
	}
	ex, err := e.exchange()
	return ex, err, true
}

// SlowHAR parses an entry with encoding/json.
func SlowHAR(raw string) (contract.Exchange, error) {
	e := harEntry{}
	if err := e.slow([]byte(raw)); err != nil {
		return contract.Exchange{}, err
	}
	return e.exchange()
}

// ParseLine, ParseInto and ParseHAR are what entries are parsed with.
var (
	ParseLine = func(raw string) (contract.Exchange, error) { return parseLine(raw, nil) }
	ParseInto = parseLine
	ParseHAR  = func(raw string) (contract.Exchange, error) { return parseHAR(raw, nil) }
)
