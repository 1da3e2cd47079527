package drift

import (
	"slices"
	"strconv"

	"assay/internal/contract"
	"assay/internal/shape"
)

// nothing returns the value of a missing member.
func nothing() contract.Value { return contract.Value{Absent: true} }

// tallied returns the names of a tally.
func tallied(t shape.Tally) []string {
	all, _ := some(t.Names())
	return all
}

// some returns the names without shape.Rest, and whether it was among them.
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
		n, _ := strconv.Atoi(name) // shapes have three digits only
		v.HTTP = append(v.HTTP, n)
	}
	v.More = more
	return v
}

// textOf returns the text of a status or a message in a shape.
func textOf(kept string) string {
	if kept == contract.EmptyText {
		return ""
	}
	return kept
}

// one returns a list if it has one item, otherwise nil.
func one[T any](all []T) []T {
	if len(all) != 1 {
		return nil
	}
	return all
}

// ends returns a range of a shape as a range of a value.
func ends(r *shape.Range) *contract.Range {
	if r == nil {
		return nil
	}
	return &contract.Range{Min: r.Min, Max: r.Max}
}

// paged returns the value of a response that is not JSON.
func paged(http shape.Tally) contract.Value {
	v := httpOf(http.Names()...)
	v.NoJSON = true
	return v
}
