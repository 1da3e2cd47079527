package adapter_test

import (
	"bytes"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"assay/internal/adapter"
	"assay/internal/contract"
)

// operation describes the input of an operation, from <provider>/members.yaml beside the
// adapter. The tests draw inputs from it that an adapter must send or must refuse.
type operation struct {
	Input   string   `yaml:"input"`   // the member of a case with the input; "" if there is none
	Amounts []sums   `yaml:"amounts"` // the amounts that the documents allow; empty if it takes none
	Notes   notes    `yaml:"notes"`
	Departs []string `yaml:"departs"` // ambiguities and conditions whose warning is expected
	Members []member `yaml:"members"`
}

// member is a text of the input or of the options, and its place in the request. The
// specification has its constraints at that place.
type member struct {
	Field  string           `yaml:"field"`  // the name in a case and in a refusal
	At     contract.Pointer `yaml:"at"`     // in the body
	Always bool             `yaml:"always"` // in every call that is allowed, because a condition needs it or the adapter always sends it
	URL    bool             `yaml:"url"`    // a URL
	Joined bool             `yaml:"joined"` // a part of the value at that place
	Solid  bool             `yaml:"solid"`  // blanks alone count as empty
}

// notes is the place of notes, "" if they are not sent, and the names that they may have,
// nil if all are allowed.
type notes struct {
	At    contract.Pointer `yaml:"at"`
	Named []string         `yaml:"named"`
}

// sums are the multiples of a number of minor units up to a maximum. 0 means multiples of
// one, and no maximum.
type sums struct {
	Most int64 `yaml:"most"`
	Of   int64 `yaml:"of"`
}

// fits reports whether the documents allow an amount.
func (o operation) fits(minor int64) bool {
	return slices.ContainsFunc(o.Amounts, func(s sums) bool {
		return (s.Most == 0 || minor <= s.Most) && (s.Of == 0 || minor%s.Of == 0)
	})
}

// operations returns every operation of every provider, by name.
func operations(t testing.TB) map[string]operation {
	t.Helper()
	all := map[string]operation{}
	for provider := range adapter.Providers() {
		raw, err := os.ReadFile(filepath.Join(provider, "members.yaml"))
		if err != nil {
			t.Fatal(err)
		}
		var some map[string]operation
		d := yaml.NewDecoder(bytes.NewReader(raw))
		d.KnownFields(true)
		if err := d.Decode(&some); err != nil {
			t.Fatalf("%s/members.yaml: %v", provider, err)
		}
		for id, o := range some {
			all[provider+"/"+id] = o
		}
	}
	return all
}

// asked is a call that a test is building.
type asked struct {
	contract.Call
	member  string // of a case, with the input
	options map[string]any
}

// ask returns the call for an adapter.
func (a *asked) ask() contract.Call {
	made := a.Call
	if len(a.options) > 0 {
		made.Options, _ = contract.Encode(a.options)
	}
	return made
}

// input returns an empty input of a case.
func input(t testing.TB, member string) contract.Input {
	t.Helper()
	for _, in := range contract.InputKinds() {
		if in.Member == member {
			made, _ := reflect.New(reflect.TypeOf(in.Of).Elem()).Interface().(contract.Input)
			return made
		}
	}
	t.Fatalf("no case has an input %q", member)
	return nil
}

// set sets a field of the input or of the options.
func (a *asked) set(field string, value any) {
	name, below, _ := strings.Cut(field, ".")
	if name == "options" {
		a.options, _ = option(a.options, strings.Split(below, "."), value).(map[string]any)
		return
	}
	at := reflect.ValueOf(a.Input).Elem()
	for _, name := range strings.Split(below, ".") {
		if at.Kind() == reflect.Pointer {
			if at.IsNil() {
				at.Set(reflect.New(at.Type().Elem()))
			}
			at = at.Elem()
		}
		at = at.Field(tagged(at.Type(), name))
	}
	at.Set(reflect.ValueOf(value))
}

// tagged returns the index of the field with a name in cases.
func tagged(t reflect.Type, name string) int {
	for i := range t.NumField() {
		if t.Field(i).Tag.Get("yaml") == name {
			return i
		}
	}
	panic(t.String() + " has no " + name)
}

// option sets a value in options; a number in the path is an index of a list.
func option(at any, names []string, value any) any {
	if len(names) == 0 {
		return value
	}
	if i, err := strconv.Atoi(names[0]); err == nil {
		list, _ := at.([]any)
		for len(list) <= i {
			list = append(list, nil)
		}
		list[i] = option(list[i], names[1:], value)
		return list
	}
	object, _ := at.(map[string]any)
	if object == nil {
		object = map[string]any{}
	}
	object[names[0]] = option(object[names[0]], names[1:], value)
	return object
}
