package contract_test

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"assay/internal/contract"
)

func TestDecodeRefuses(t *testing.T) {
	t.Parallel()
	for name, body := range map[string]string{
		"nothing": "", "a trailing comma": `{"a":1,}`, "a trailing comma in a list": `[1,]`, "two values": `{} {}`,
		"text behind": `{}x`, "a name twice": `{"a":1,"a":2}`, "a name twice below": `{"b":{"a":1,"a":1}}`,
		"half a character": "\"\xe2\x82\"", "half an object": `{"a":`, "a page": "<html>", "a comment": `{/**/}`,
		"single quotes": `{'a':1}`, "NaN": `NaN`, "a bare name": `{a:1}`, "depth": strings.Repeat("[", 600) + strings.Repeat("]", 600),
		"a missing comma": `{"a":1 "b":2}`, "a lone brace": `}`,
	} {
		if value, err := contract.Decode([]byte(body)); err == nil {
			t.Errorf("%s: decoded as %v", name, value)
		}
	}
}

func TestDecodeKeepsNumbers(t *testing.T) {
	t.Parallel()
	got, err := contract.Decode([]byte(` {"a": [1.10, true, null, "x", {}], "b": 12345678901234567890} `))
	want := map[string]any{
		"a": []any{json.Number("1.10"), true, nil, "x", map[string]any{}},
		"b": json.Number("12345678901234567890"),
	}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("decoded %v, %v", got, err)
	}
}

// FuzzDecode checks that encoding/json accepts whatever Decode accepts, with the same
// value.
func FuzzDecode(f *testing.F) {
	for _, seed := range []string{`{"a":[1,2,{"b":null}]}`, `"\ud83d\ude00"`, `{"a":1,"a":2}`, `[1,]`, `1e400`, "\"\xff\""} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		got, err := contract.Decode(body)
		if err != nil {
			return
		}
		var want any
		d := json.NewDecoder(strings.NewReader(string(body)))
		d.UseNumber()
		if err := d.Decode(&want); err != nil {
			t.Fatalf("accepted what encoding/json refuses: %v", err)
		}
		if !reflect.DeepEqual(got, want) {
			t.Fatalf("decoded %v, encoding/json %v", got, want)
		}
		if !json.Valid(body) {
			t.Fatal("accepted what is not valid JSON")
		}
	})
}

func TestRawAndReplace(t *testing.T) {
	t.Parallel()
	body := []byte(` { "head" : {"sig":"x"} , "body": {"a" : [1, 2 ], "b/c":{"d": 1.0}} } `)
	for pointer, want := range map[contract.Pointer]string{
		"": strings.TrimSpace(string(body)), "/body": `{"a" : [1, 2 ], "b/c":{"d": 1.0}}`, "/body/b~1c/d": "1.0", "/head/sig": `"x"`,
	} {
		if got, ok := contract.Raw(body, pointer); !ok || string(got) != want {
			t.Errorf("Raw(%q) = %s, %v; want %s", pointer, got, ok, want)
		}
	}
	for _, pointer := range []contract.Pointer{"/no", "/body/a/0", "/head/sig/x"} {
		if got, ok := contract.Raw(body, pointer); ok {
			t.Errorf("Raw(%q) = %s, want nothing", pointer, got)
		}
	}
	for _, blank := range []string{"", " ", "\r\n\t "} {
		for _, pointer := range []contract.Pointer{"", "/head", "/head/sig"} {
			if got, ok := contract.Raw([]byte(blank), pointer); ok {
				t.Errorf("Raw(%q) of %q = %s, want nothing", pointer, blank, got)
			}
			if got := string(contract.Replace([]byte(blank), pointer, []byte("1"))); got != blank {
				t.Errorf("Replace(%q) in %q = %q", pointer, blank, got)
			}
		}
	}
	if got, want := string(contract.Replace(body, "/head/sig", []byte(`"yy"`))), strings.Replace(string(body), `"x"`, `"yy"`, 1); got != want {
		t.Errorf("Replace = %s", got)
	}
	if got := string(contract.Replace(body, "/no", []byte(`1`))); got != string(body) {
		t.Errorf("Replace of nothing = %s", got)
	}
}

func TestPlaces(t *testing.T) {
	t.Parallel()
	for place, want := range map[contract.Place]contract.Place{
		"request#/goodsInfo/3/price": "request#/goodsInfo/*/price", "response#/0/1/2": "response#/*/*/*", "request#/a1/b": "request#/a1/b", "response.status": "response.status",
	} {
		if got := place.General(); got != want {
			t.Errorf("General(%q) = %q, want %q", place, got, want)
		}
	}
	if got := contract.TokensOf(contract.PointerTo("a/b", "~c", "")); !reflect.DeepEqual(got, []string{"a/b", "~c", ""}) {
		t.Errorf("tokens of a pointer: %q", got)
	}
}

func TestMembers(t *testing.T) {
	t.Parallel()
	m, err := contract.ReadMembers([]byte(`{"Code":"x","code":"7","n":0,"f":1.5,"e":1e9999,"z":0.0,"h":2e2,"minus":-0.0,"huge":1e40,"t":true,"nil":null,"empty":""}`))
	if err != nil {
		t.Fatal(err)
	}
	if s, ok := m.String("/code"); s != "7" || !ok {
		t.Errorf("code = %q, %v", s, ok)
	}
	for _, pointer := range []contract.Pointer{"/n", "/nil", "/empty", "/CODE", "/t"} {
		if s, ok := m.String(pointer); ok {
			t.Errorf("String(%s) = %q", pointer, s)
		}
	}
	if n, ok := m.Integer("/n"); n != "0" || !ok {
		t.Errorf("n = %q, %v", n, ok)
	}
	for pointer, want := range map[contract.Pointer]string{"/z": "0", "/h": "200", "/minus": "0"} { // the same numbers in JSON
		if n, ok := m.Integer(pointer); n != want || !ok {
			t.Errorf("Integer(%s) = %q, %v, want %s", pointer, n, ok, want)
		}
	}
	for _, pointer := range []contract.Pointer{"/f", "/e", "/huge", "/code", "/nil", "/none"} {
		if n, ok := m.Integer(pointer); ok {
			t.Errorf("Integer(%s) = %q", pointer, n)
		}
	}
	if v, ok := m.Bool("/t"); !v || !ok {
		t.Errorf("t = %v, %v", v, ok)
	}
	if _, ok := m.Bool("/code"); ok {
		t.Error("a string was read as true or false")
	}
	if !m.Has("/nil") || m.Has("/none") {
		t.Error("Has takes null for absent, or absent for null")
	}
	for _, body := range []string{"[]", "1", "null", "", "{"} {
		if _, err := contract.ReadMembers([]byte(body)); err == nil {
			t.Errorf("%q was read as an object", body)
		}
	}
}
