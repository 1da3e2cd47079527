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

// operation is what an operation is asked with, as <provider>/members.yaml beside
// the adapter has it. The tests draw from it what an adapter must send and must
// refuse.
type operation struct {
	Input   string   `yaml:"input"`   // the member of a case that holds what it takes; "": nothing
	Amounts []sums   `yaml:"amounts"` // those that the documents have room for; none: it takes no amount
	Notes   notes    `yaml:"notes"`
	Departs []string `yaml:"departs"` // ambiguities and conditions whose warning the adapter lives with
	Members []member `yaml:"members"`
}

// member is a text of the input or of the options, and where in the request it
// goes. What it may be the specification says, at that place.
type member struct {
	Field string           `yaml:"field"` // as a case and a refusal name it
	At    contract.Pointer `yaml:"at"`    // into the body
	// Only is what an adapter confines itself to where that is less than the
	// specification accepts, and Why is the reading or page that has it so.
	Only   string `yaml:"only"`
	Why    string `yaml:"why"`
	Must   bool   `yaml:"must"`   // mandatory here, though the specification could do without
	URL    bool   `yaml:"url"`    // the address of a page
	Mail   bool   `yaml:"mail"`   // an e-mail address, though the specification does not say so
	Joined bool   `yaml:"joined"` // is part of what goes there
	Solid  bool   `yaml:"solid"`  // blanks alone are nothing
}

// notes is where notes go, "": nowhere, and the only names they may have; nil: any.
type notes struct {
	At    contract.Pointer `yaml:"at"`
	Named []string         `yaml:"named"`
}

// sums are multiples of a number of minor units, up to the greatest; 0: of one, and
// without an end.
type sums struct {
	Most int64 `yaml:"most"`
	Of   int64 `yaml:"of"`
}

// fits tells whether the documents have room for an amount.
func (o operation) fits(minor int64) bool {
	return slices.ContainsFunc(o.Amounts, func(s sums) bool {
		return (s.Most == 0 || minor <= s.Most) && (s.Of == 0 || minor%s.Of == 0)
	})
}

// operations is every operation of every provider, by name.
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

// asked is an ask while it is being made up.
type asked struct {
	contract.Call
	member  string // of a case that holds the input
	options map[string]any
}

// ask is the ask as an adapter gets it.
func (a *asked) ask() contract.Call {
	made := a.Call
	if len(a.options) > 0 {
		made.Options, _ = contract.Encode(a.options)
	}
	return made
}

// input is an empty one, as a case would hold it.
func input(t testing.TB, member string) contract.Input {
	t.Helper()
	for _, in := range contract.InputKinds() {
		if in.Member == member {
			made, _ := reflect.New(reflect.TypeOf(in.Of).Elem()).Interface().(contract.Input)
			return made
		}
	}
	t.Fatalf("no case can ask with %q", member)
	return nil
}

// set gives a field of the input, or of the options, a value.
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

// tagged is the number of the field that cases call by a name.
func tagged(t reflect.Type, name string) int {
	for i := range t.NumField() {
		if t.Field(i).Tag.Get("yaml") == name {
			return i
		}
	}
	panic(t.String() + " has no " + name)
}

// option puts a value into options; a number on the way is a place in a list.
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
