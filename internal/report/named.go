package report

import (
	"encoding/json"
	"maps"

	"assay/internal/contract"
)

// The functions below apply Named to what JSON reports take over from a run or a
// comparison.

func namedAll(all []string) []string { return mapped(all, Named) }

func namedPlace(at contract.Place) contract.Place { return contract.Place(Named(string(at))) }

// namedArgs names the arguments of a message; nil stays nil.
func namedArgs(all contract.Args) contract.Args {
	if all == nil {
		return nil
	}
	return all.Map(Named)
}

// namedKeys names the keys of a map. Values of keys that become the same are combined.
func namedKeys[V any](all map[string]V, combine func(a, b V) V) map[string]V {
	if all == nil {
		return nil
	}
	named := make(map[string]V, len(all))
	for key, value := range all {
		key = Named(key)
		if other, ok := named[key]; ok {
			value = combine(other, value)
		}
		named[key] = value
	}
	return named
}

func namedCounts(all map[string]*contract.OperationCount) map[string]*contract.OperationCount {
	if all == nil {
		return nil
	}
	named := maps.Clone(all)
	for name, count := range all {
		shown := *count
		shown.Codes = namedKeys(count.Codes, func(a, b int64) int64 { return a + b })
		named[name] = &shown
	}
	return named
}

func namedCoverage(all map[string]contract.Coverage) map[string]contract.Coverage {
	if all == nil {
		return nil
	}
	named := maps.Clone(all)
	for name, c := range all {
		c.Codes = namedKeys(c.Codes, contract.Evidence.Stronger)
		c.Figures = maps.Clone(c.Figures)
		for kind, f := range c.Figures {
			f.Open = namedAll(f.Open)
			c.Figures[kind] = f
		}
		c.Missing = namedAll(c.Missing)
		c.Codes = namedKeys(c.Codes, contract.Evidence.Stronger)
		c.Figures = maps.Clone(c.Figures)
		for kind, f := range c.Figures {
			f.Open, f.Extra, f.Items = namedAll(f.Open), namedAll(f.Extra), namedKeys(f.Items, contract.Evidence.Stronger)
			c.Figures[kind] = f
		}
		c.Undocumented = namedKeys(c.Undocumented, contract.Evidence.Stronger)
		named[name] = c
	}
	return named
}

func namedLocations(all []contract.Location) []contract.Location {
	return mapped(all, func(l contract.Location) contract.Location {
		l.File = Named(l.File)
		return l
	})
}

func namedWaiver(w *contract.AppliedWaiver) *contract.AppliedWaiver {
	if w == nil {
		return nil
	}
	return &contract.AppliedWaiver{Owner: Named(w.Owner), Reason: Named(w.Reason), Expires: Named(w.Expires), Source: Named(w.Source)}
}

func namedSkip(s contract.Skip) contract.Skip {
	return contract.Skip{What: Named(s.What), Reason: Named(s.Reason)}
}

func namedSide(s contract.DriftSide) contract.DriftSide {
	s.Name = Named(s.Name)
	return s
}

// NamedChange applies Named to what a change took from outside, for JSON.
func NamedChange(c contract.Change) contract.Change {
	c.Code, c.At, c.First, c.Last = Named(c.Code), namedPlace(c.At), Named(c.First), Named(c.Last)
	c.Before, c.Now, c.Got = namedValue(c.Before), namedValue(c.Now), namedValue(c.Got)
	c.Example, c.Command = namedJSON(c.Example), words(c.Command)
	return c
}

func namedValue(v contract.Value) contract.Value {
	for _, list := range []*[]string{&v.Types, &v.Formats, &v.Values, &v.Codes, &v.Statuses, &v.Media} {
		*list = namedAll(*list)
	}
	v.Messages = mapped(v.Messages, func(m contract.MessagePattern) contract.MessagePattern {
		return contract.MessagePattern(Named(string(m)))
	})
	v.Notation = notation(v)
	return v
}

// namedJSON names the members and texts of JSON that is made of shapes, such as the
// example of a change. It is on one line.
func namedJSON(raw json.RawMessage) json.RawMessage {
	if raw == nil {
		return nil
	}
	value, err := contract.Decode(raw)
	if err != nil {
		return nil
	}
	clean, err := contract.Encode(namedIn(value))
	if err != nil {
		return nil // a decoded value can be encoded
	}
	return escapedJSON(clean)
}

func namedIn(value any) any {
	switch v := value.(type) {
	case map[string]any:
		named := make(map[string]any, len(v))
		for name, inner := range v {
			named[Named(name)] = namedIn(inner)
		}
		return named
	case []any:
		return mapped(v, namedIn)
	case string:
		return Named(v)
	}
	return value
}
