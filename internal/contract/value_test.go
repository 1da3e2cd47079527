package contract_test

import (
	"encoding/json"
	"reflect"
	"testing"
	"time"

	"assay/internal/contract"
)

// TestValue_zero checks that a value with any member set is not zero.
func TestValue_zero(t *testing.T) {
	t.Parallel()
	if !(contract.Value{}).IsZero() {
		t.Error("nothing says something")
	}
	for f := range reflect.TypeFor[contract.Value]().Fields() {
		var v contract.Value
		field := reflect.ValueOf(&v).Elem().FieldByIndex(f.Index)
		switch f.Type.Kind() {
		case reflect.Bool:
			field.SetBool(true)
		case reflect.String:
			field.SetString("x")
		case reflect.Int64:
			field.SetInt(int64(time.Second))
		case reflect.Slice:
			field.Set(reflect.MakeSlice(f.Type, 1, 1))
		case reflect.Pointer:
			field.Set(reflect.New(f.Type.Elem()))
		case reflect.Map:
			field.Set(reflect.MakeMap(f.Type))
			if f.Name == "Terms" {
				v.Terms["x"] = []string{"y"}
			}
		default:
			t.Fatalf("%s is %s", f.Name, f.Type)
		}
		if v.IsZero() != (f.Name == "Arguments") { // those of a rule
			t.Errorf("with %s set it says nothing", f.Name)
		}
	}
}

// TestValue_json writes a value and reads it back.
func TestValue_json(t *testing.T) {
	t.Parallel()
	v := contract.Value{
		Types: []string{"string"}, Length: &contract.Range{Min: "1", Max: "9007199254740993"}, Statuses: []string{""}, Messages: []contract.MessagePattern{"a {…}"},
		HTTP: []int{200}, Within: time.Second, Keywords: []contract.Keyword{{Keyword: "maxLength", Limit: "3"}}, Terms: map[string][]string{"on": {"response"}},
	}
	raw, err := contract.Encode(v)
	const want = `{"types":["string"],"length":[1,9007199254740993],"statuses":[""],"messages":["a {…}"],"http":[200],"within":1000000000,"keywords":[{"keyword":"maxLength","limit":"3"}],"terms":{"on":["response"]}}`
	if err != nil || string(raw) != want {
		t.Fatalf("%s, %v", raw, err)
	}
	var back contract.Value
	if err := json.Unmarshal(raw, &back); err != nil || !reflect.DeepEqual(back, v) {
		t.Errorf("%+v, %v", back, err)
	}
	if json.Unmarshal([]byte(`{"length":[1]}`), &back) == nil {
		t.Error("a range of one number is read")
	}
}

// TestValue_Combine combines the values of two changes with the same id: each item once.
func TestValue_Combine(t *testing.T) {
	t.Parallel()
	noted := func(notation string, values ...string) contract.Value {
		return contract.Value{Notation: notation, Values: values}
	}
	absent := contract.Value{Absent: true}
	for name, c := range map[string]struct{ a, b, want contract.Value }{
		"nothing":          {contract.Value{}, noted("a", "A"), noted("a", "A")},
		"nothing more":     {noted("a", "A"), contract.Value{}, noted("a", "A")},
		"the same":         {noted("a", "A"), noted("a", "A"), noted("a", "A")},
		"another":          {noted("a", "A"), noted("b", "B"), noted("a; b", "A", "B")},
		"one of them":      {noted("a; b", "A", "B"), noted("b", "B"), noted("a; b", "A", "B")},
		"both are absent":  {absent, absent, absent},
		"one is absent":    {absent, noted("a", "A"), noted("absent; a", "A")},
		"another presence": {contract.Value{Notation: "a", Presence: "required"}, contract.Value{Notation: "b", Presence: "optional"}, noted("a; b")},
	} {
		if got := c.a.Combine(c.b); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: %+v, want %+v", name, got, c.want)
		}
	}
}

// TestMessagePattern fills holes and checks when a message may be longer than its
// pattern.
func TestMessagePattern(t *testing.T) {
	t.Parallel()
	if got := contract.MessagePattern("a {…} of {…}").Fill("{value}"); got != "a {value} of {value}" {
		t.Error(got)
	}
	if contract.MessagePattern("a b").Cut() || !contract.MessagePattern("a a a a a a a a a a a a a a a a a a a a").Cut() {
		t.Error("it does not tell where a message is cut")
	}
}
