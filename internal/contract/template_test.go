package contract_test

import (
	"encoding/json"
	"math"
	"slices"
	"testing"

	"assay/internal/contract"
)

// TestKey checks that the key depends on template and arguments, and not on the text.
func TestKey(t *testing.T) {
	t.Parallel()
	one := &contract.Template{ID: "one", Text: "the {name} is gone"}
	same := &contract.Template{ID: "one", Text: "le {name} est parti"}
	other := &contract.Template{ID: "other", Text: "the {name} is gone"}
	name := contract.ArgText("name", "code")
	key := one.Says(name).Key()
	if key != `{"template":"one","args":{"name":"code"}}` || one.Says(name).String() != key {
		t.Errorf("the key is %s", key)
	}
	if same.Says(name).Key() != key {
		t.Error("the key depends on the text")
	}
	for _, m := range []contract.Message{other.Says(name), one.Says(), one.Says(contract.ArgText("name", "status")), one.Says(contract.ArgText("of", "code")), {}} {
		if m.Key() == key {
			t.Errorf("%s has the same key", m)
		}
	}
	if invalid := one.Says(contract.ArgJSON("name", json.RawMessage("{"))); invalid.Key() != "one" {
		t.Errorf("the key with an argument that is not JSON is %s", invalid)
	}
}

// TestArgs checks that an argument returns the value that it was made with.
func TestArgs(t *testing.T) {
	t.Parallel()
	inner := (&contract.Template{ID: "inner"}).Says(contract.ArgInt("n", math.MinInt64))
	list := []string{"a", "b"}
	args := contract.Args{
		contract.ArgText("text", "x"), contract.ArgPlace("place", "response#/a"), contract.ArgInt("whole", -7), contract.ArgNumber("number", 0.5),
		contract.ArgList("list", list), contract.ArgListAt("at", &list), contract.ArgInts("wholes", []int{1, 2}), contract.ArgJSON("json", json.RawMessage("[1]")), contract.ArgMessage("message", inner),
	}
	kinds := []contract.ArgKind{
		contract.TextKind, contract.PlaceKind, contract.WholeKind, contract.NumberKind,
		contract.ListKind, contract.ListKind, contract.WholesKind, contract.JSONKind, contract.MessageKind,
	}
	for i, a := range args {
		if a.Kind() != kinds[i] || args.Get(a.Name) == nil || args.Get(a.Name).Kind() != kinds[i] {
			t.Errorf("%s is of kind %d, want %d", a.Name, a.Kind(), kinds[i])
		}
	}
	if args.Get("absent") != nil {
		t.Error("an absent argument is found")
	}
	if got := args.Get("whole").Int(); got != -7 {
		t.Errorf("the whole number is %d", got)
	}
	if got := args.Get("number").Number(); got != 0.5 {
		t.Errorf("the number is %g", got)
	}
	for _, name := range []string{"list", "at"} {
		if got := args.Get(name).List(); !slices.Equal(got, list) {
			t.Errorf("%s is %q", name, got)
		}
	}
	if got := args.Get("wholes").List(); !slices.Equal(got, []string{"1", "2"}) {
		t.Errorf("the whole numbers are %q", got)
	}
	if got := args.Get("message").Message(); got.Key() != inner.Key() {
		t.Errorf("the message is %s", got)
	}
	if args.Get("text").Text() != "x" || args.Get("place").Text() != "response#/a" || args.Get("json").Text() != "[1]" || args.Get("text").Int() != 0 || args.Get("text").List() != nil {
		t.Error("a text is not what was given")
	}
}
