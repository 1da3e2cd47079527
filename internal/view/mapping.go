package view

import (
	"fmt"
	"reflect"

	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
	"github.com/google/cel-go/common/types/traits"

	"assay/internal/contract"
	"assay/internal/jsonschema"
)

// source is something with members that have names.
type source interface {
	find(name string) (ref.Val, bool)
	native() map[string]any // all of it
}

// mapping is a source as a map of CEL's. Members are found one by one; whoever wants
// more than members has all of it decoded.
type mapping struct{ of source }

var _ traits.Mapper = (*mapping)(nil)

func (m *mapping) whole() traits.Mapper {
	all, _ := adapt(m.of.native()).(traits.Mapper) // what a map is adapted to
	return all
}

// Find gives the member of a name.
func (m *mapping) Find(key ref.Val) (ref.Val, bool) {
	name, ok := key.(types.String)
	if !ok {
		return nil, false
	}
	return m.of.find(string(name))
}

// Get is Find, with an error where there is no such member.
func (m *mapping) Get(key ref.Val) ref.Val {
	value, there := m.Find(key)
	if !there {
		return types.NewErr("no such key: %v", key)
	}
	return value
}

// Contains tells whether there is a member of a name.
func (m *mapping) Contains(key ref.Val) ref.Val {
	_, there := m.Find(key)
	return types.Bool(there)
}

// IsSet is Contains of has().
func (m *mapping) IsSet(key ref.Val) ref.Val { return m.Contains(key) }

// Size is how many members there are.
func (m *mapping) Size() ref.Val { return m.whole().Size() }

// Iterator goes through the names.
func (m *mapping) Iterator() traits.Iterator { return m.whole().Iterator() }

// ConvertToNative gives a Go value of a type.
func (m *mapping) ConvertToNative(t reflect.Type) (any, error) { return m.whole().ConvertToNative(t) }

// ConvertToType gives the value as another type of CEL's.
func (m *mapping) ConvertToType(t ref.Type) ref.Val { return convert(m, types.MapType, t) }

// converted is a value of a type as one of another type of CEL's, which can be the type
// of types.
func convert(v ref.Val, of *types.Type, to ref.Type) ref.Val {
	switch to {
	case of:
		return v
	case types.TypeType:
		return of
	}
	return types.NewErr("type conversion error from %s to %s", of.TypeName(), to.TypeName())
}

// Equal compares all members.
func (m *mapping) Equal(other ref.Val) ref.Val {
	if o, ok := other.(*mapping); ok {
		other = o.whole()
	}
	return m.whole().Equal(other)
}

// Type is CEL's map.
func (m *mapping) Type() ref.Type { return types.MapType }

// Value is a Go map of all members.
func (m *mapping) Value() any { return m.of.native() }

// list is an array in a body: its items are read one by one.
type list struct {
	v   *variables
	raw []byte
}

var _ traits.Lister = (*list)(nil)

func (l *list) whole() traits.Lister {
	value, _ := contract.Decode(l.raw) // it was read as JSON before
	all, _ := adapt(native(value)).(traits.Lister)
	return all
}

// Get gives the item at a position.
func (l *list) Get(index ref.Val) ref.Val {
	want, ok := index.(types.Int)
	if !ok {
		return l.whole().Get(index)
	}
	i := types.Int(0)
	for item, at, there := jsonschema.Next(l.raw, 0); there; item, at, there = jsonschema.Next(l.raw, at) {
		if i == want {
			return l.v.value(item)
		}
		i++
	}
	return types.NewErr("index out of bounds: %d", want)
}

// Size is how many items there are.
func (l *list) Size() ref.Val {
	n := types.Int(0)
	for _, at, there := jsonschema.Next(l.raw, 0); there; _, at, there = jsonschema.Next(l.raw, at) {
		n++
	}
	return n
}

// Contains tells whether an item equals a value.
func (l *list) Contains(value ref.Val) ref.Val {
	for item, at, there := jsonschema.Next(l.raw, 0); there; item, at, there = jsonschema.Next(l.raw, at) {
		if types.Equal(l.v.value(item), value) == types.True {
			return types.True
		}
	}
	return types.False
}

// Iterator goes through the items.
func (l *list) Iterator() traits.Iterator {
	i := &iterator{of: l}
	i.item, i.at, i.more = jsonschema.Next(l.raw, 0)
	return i
}

// Add gives a list with the items of another one behind these.
func (l *list) Add(other ref.Val) ref.Val { return l.whole().Add(other) }

// ConvertToNative gives a Go value of a type.
func (l *list) ConvertToNative(t reflect.Type) (any, error) { return l.whole().ConvertToNative(t) }

// ConvertToType gives the value as another type of CEL's.
func (l *list) ConvertToType(t ref.Type) ref.Val { return convert(l, types.ListType, t) }

// Equal compares all items.
func (l *list) Equal(other ref.Val) ref.Val { return l.whole().Equal(other) }

// Type is CEL's list.
func (l *list) Type() ref.Type { return types.ListType }

// Value is a Go slice of all items.
func (l *list) Value() any { return l.whole().Value() }

// iterator goes through the items of a list.
type iterator struct {
	of   *list
	item []byte // that is next
	at   int    // behind it
	more bool
}

var _ traits.Iterator = (*iterator)(nil)

// HasNext tells whether there is one more.
func (i *iterator) HasNext() ref.Val { return types.Bool(i.more) }

// Next gives it.
func (i *iterator) Next() ref.Val {
	if !i.more {
		return nil
	}
	item := i.item
	i.item, i.at, i.more = jsonschema.Next(i.of.raw, i.at)
	return i.of.v.value(item)
}

// ConvertToNative is not for iterators.
func (i *iterator) ConvertToNative(reflect.Type) (any, error) {
	return nil, fmt.Errorf("an iterator is no value")
}

// ConvertToType is not for iterators.
func (i *iterator) ConvertToType(ref.Type) ref.Val { return types.NewErr("an iterator is no value") }

// Equal is not for iterators.
func (i *iterator) Equal(ref.Val) ref.Val { return types.False }

// Type is CEL's iterator.
func (i *iterator) Type() ref.Type { return types.IteratorType }

// Value is not for iterators.
func (i *iterator) Value() any { return nil }
