package client

import (
	"encoding/json"
	"net/http"
	"reflect"
	"testing"

	"pgregory.net/rapid"

	"assay/internal/contract"
)

// TestPut puts a value into a body, and leaves the others where they are.
func TestPut(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ body, at, want string }{
		"a member":         {`{"b":1,"a":2}`, "/b", `{"b":0,"a":2}`},
		"a new member":     {`{"b":1}`, "/a", `{"b":1,"a":0}`},
		"the first member": {` { } `, "/a", `{ "a":0}`},
		"below":            {`{"b":{"c":1},"a":2}`, "/b/c", `{"b":{"c":0},"a":2}`},
		"new below":        {`{"b":{}}`, "/b/c", `{"b":{"c":0}}`},
		"in a list":        {`{"b":[1,{"c":1}]}`, "/b/1/c", `{"b":[1,{"c":0}]}`},
		"the whole body":   {`{"b":1}`, "", `0`},
		"nowhere":          {`{"b":1}`, "/a/c", `{"b":1}`},
		"in a text":        {`"b"`, "/a", `"b"`},
		"no body":          {``, "/a", ``},
	} {
		if got := string(put([]byte(c.body), contract.Pointer(c.at), []byte("0"))); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

// TestForm writes members in bracket notation.
func TestForm(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{
		`{"amount":100,"currency":"inr"}`:                  "amount=100&currency=inr",
		`{"b":{"c":"x y","a":{"d":true}},"a":null}`:        "b[c]=x+y&b[a][d]=true&a=",
		`{"types":["card","upi"],"items":[{"a":1.50},[]]}`: "types[0]=card&types[1]=upi&items[0][a]=1.50",
		`"raw=1"`: "raw=1",
		``:        "",
	} {
		got, err := encodeBody(http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}, []byte(body))
		if err != nil || string(got) != want {
			t.Errorf("%s: %s, want %s, %v", body, got, want, err)
		}
	}
}

// TestPut_decoded puts values at every pointer of random bodies: only that value changes.
func TestPut_decoded(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		names := rapid.SliceOfNDistinct(rapid.StringMatching(`[a-c/~é"]{1,2}`), 1, 4, rapid.ID[string]).Draw(t, "names")
		inner := map[string]any{}
		for _, name := range names {
			inner[name] = rapid.SampledFrom([]any{"x", true, nil, []any{"y"}}).Draw(t, "value")
		}
		body, err := contract.Encode(map[string]any{"m": inner, "l": []any{inner}})
		if err != nil {
			t.Fatal(err)
		}
		name := rapid.SampledFrom(names).Draw(t, "name")
		at := rapid.SampledFrom([]contract.Pointer{"/m", "/l/0"}).Draw(t, "above").AppendToken(name)
		var got any
		if err := json.Unmarshal(put(body, at, []byte(`"new"`)), &got); err != nil {
			t.Fatal(err)
		}
		if value, there := contract.Lookup(got, at); !there || value != "new" {
			t.Fatalf("the value is %v", value)
		}
		back, err := contract.Encode(got)
		if err != nil {
			t.Fatal(err)
		}
		old, _ := contract.Encode(inner[name])
		var restored, original any
		if json.Unmarshal(put(back, at, old), &restored) != nil || json.Unmarshal(body, &original) != nil || !reflect.DeepEqual(restored, original) {
			t.Fatalf("the others changed: %s", back)
		}
	})
}
