package view

import (
	"fmt"
	"reflect"

	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
	"github.com/google/cel-go/common/types/traits"

	"assay/internal/jsonschema"
)

// source is a value with named members.
type source interface {
	find(name string) (ref.Val, bool)
	native() map[string]any // all members
}

// mapping is a source as a CEL map. Single members are found without decoding;
// everything else decodes the whole map.
type mapping struct{ of source }

var _ traits.Mapper = (*mapping)(nil)

func (m *mapping) whole() traits.Mapper {
	all, _ := adapt(m.of.native()).(traits.Mapper) // a Go map becomes a Mapper
	return all
}

// Find returns the member with a name.
func (m *mapping) Find(key ref.Val) (ref.Val, bool) {
	name, ok := key.(types.String)
	if !ok {
		return nil, false
	}
	return m.of.find(string(name))
}

// Get is Find; it returns an error if there is no such member.
func (m *mapping) Get(key ref.Val) ref.Val {
	value, present := m.Find(key)
	if !present {
		return types.NewErr("no such key: %v", key)
	}
	return value
}

// Contains reports whether there is a member with that name.
func (m *mapping) Contains(key ref.Val) ref.Val {
	_, present := m.Find(key)
	return types.Bool(present)
}

// IsSet is Contains for has().
func (m *mapping) IsSet(key ref.Val) ref.Val { return m.Contains(key) }

// Size returns the number of members.
func (m *mapping) Size() ref.Val { return m.whole().Size() }

// Iterator iterates over the names.
func (m *mapping) Iterator() traits.Iterator { return m.whole().Iterator() }

// ConvertToNative returns a Go value of type t.
func (m *mapping) ConvertToNative(t reflect.Type) (any, error) { return m.whole().ConvertToNative(t) }

// ConvertToType converts the value to another CEL type.
func (m *mapping) ConvertToType(t ref.Type) ref.Val { return convert(m, types.MapType, t) }

// convert converts a value to its own type or to the type of types; other types are an
// error.
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

// Type returns the CEL type map.
func (m *mapping) Type() ref.Type { return types.MapType }

// Value returns a Go map of all members.
func (m *mapping) Value() any { return m.of.native() }

// list is an array in a body, as a CEL list. Its items are read one by one.
type list struct {
	v   *variables
	raw []byte
}

var _ traits.Lister = (*list)(nil)

func (l *list) whole() traits.Lister {
	all, _ := l.v.decoded(l.raw).([]any)
	return types.NewDynamicList(types.DefaultTypeAdapter, all)
}

// Get returns the item at a position.
func (l *list) Get(index ref.Val) ref.Val {
	want, ok := index.(types.Int)
	if !ok {
		return l.whole().Get(index)
	}
	i := types.Int(0)
	for item, at, present := jsonschema.Next(l.raw, 0); present; item, at, present = jsonschema.Next(l.raw, at) {
		if i == want {
			return l.v.value(item)
		}
		i++
	}
	return types.NewErr("index out of bounds: %d", want)
}

// Size returns the number of items.
func (l *list) Size() ref.Val {
	n := types.Int(0)
	for _, at, present := jsonschema.Next(l.raw, 0); present; _, at, present = jsonschema.Next(l.raw, at) {
		n++
	}
	return n
}

// Contains reports whether an item equals a value.
func (l *list) Contains(value ref.Val) ref.Val {
	for item, at, present := jsonschema.Next(l.raw, 0); present; item, at, present = jsonschema.Next(l.raw, at) {
		if types.Equal(l.v.value(item), value) == types.True {
			return types.True
		}
	}
	return types.False
}

// Iterator iterates over the items.
func (l *list) Iterator() traits.Iterator {
	i := &iterator{of: l}
	i.item, i.at, i.more = jsonschema.Next(l.raw, 0)
	return i
}

// Add returns a list with the items of other appended.
func (l *list) Add(other ref.Val) ref.Val { return l.whole().Add(other) }

// ConvertToNative returns a Go value of type t.
func (l *list) ConvertToNative(t reflect.Type) (any, error) { return l.whole().ConvertToNative(t) }

// ConvertToType converts the value to another CEL type.
func (l *list) ConvertToType(t ref.Type) ref.Val { return convert(l, types.ListType, t) }

// Equal compares all items.
func (l *list) Equal(other ref.Val) ref.Val { return l.whole().Equal(other) }

// Type returns the CEL type list.
func (l *list) Type() ref.Type { return types.ListType }

// Value returns a Go slice of all items.
func (l *list) Value() any { return l.whole().Value() }

// iterator iterates over the items of a list.
type iterator struct {
	of   *list
	item []byte // the next one
	at   int    // the offset after it
	more bool
}

var _ traits.Iterator = (*iterator)(nil)

// HasNext reports whether there is another item.
func (i *iterator) HasNext() ref.Val { return types.Bool(i.more) }

// Next returns the next item.
func (i *iterator) Next() ref.Val {
	if !i.more {
		return nil
	}
	item := i.item
	i.item, i.at, i.more = jsonschema.Next(i.of.raw, i.at)
	return i.of.v.value(item)
}

// ConvertToNative returns an error: an iterator is not a value.
func (i *iterator) ConvertToNative(reflect.Type) (any, error) {
	return nil, fmt.Errorf("an iterator is not a value")
}

// ConvertToType returns an error: an iterator is not a value.
func (i *iterator) ConvertToType(ref.Type) ref.Val { return types.NewErr("an iterator is not a value") }

// Equal returns false.
func (i *iterator) Equal(ref.Val) ref.Val { return types.False }

// Type returns the CEL type iterator.
func (i *iterator) Type() ref.Type { return types.IteratorType }

// Value returns nil: an iterator is not a value.
func (i *iterator) Value() any { return nil }
