package drift

import (
	"slices"
	"strconv"

	"assay/internal/contract"
	"assay/internal/shape"
)

// nothing is what stands where nothing does.
func nothing() contract.Value { return contract.Value{Absent: true} }

// tallied lists what was counted by its name.
func tallied(t shape.Tally) []string {
	all, _ := some(t.Names())
	return all
}

// some are names of a tally as they stand in a value, and whether there are more.
func some(all []string) (named []string, more bool) {
	return slices.DeleteFunc(slices.Clone(all), func(name string) bool { return name == shape.Rest }), slices.Contains(all, shape.Rest)
}

func valuesOf(all ...string) (v contract.Value) {
	v.Values, v.More = some(all)
	return v
}

func mediaOf(all ...string) (v contract.Value) {
	v.Media, v.More = some(all)
	return v
}

func statusesOf(all ...string) (v contract.Value) {
	v.Statuses, v.More = some(all)
	for i := range v.Statuses {
		v.Statuses[i] = textOf(v.Statuses[i])
	}
	return v
}

func messagesOf(all ...string) (v contract.Value) {
	left, more := some(all)
	for _, name := range left {
		v.Messages = append(v.Messages, contract.MessagePattern(textOf(name)))
	}
	v.More = more
	return v
}

func httpOf(all ...string) (v contract.Value) {
	left, more := some(all)
	for _, name := range left {
		n, _ := strconv.Atoi(name) // those of a shape are three digits
		v.HTTP = append(v.HTTP, n)
	}
	v.More = more
	return v
}

// textOf is a status or a message that a shape has.
func textOf(kept string) string {
	if kept == contract.EmptyText {
		return ""
	}
	return kept
}

// one is a list of one, and no other.
func one[T any](all []T) []T {
	if len(all) != 1 {
		return nil
	}
	return all
}

// ends is a range in a value.
func ends(r *shape.Range) *contract.Range {
	if r == nil {
		return nil
	}
	return &contract.Range{Min: r.Min, Max: r.Max}
}

// paged is a response that is no JSON.
func paged(http shape.Tally) contract.Value {
	v := httpOf(http.Names()...)
	v.NoJSON = true
	return v
}
