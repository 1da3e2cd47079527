package media_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"runtime"
	"strings"
	"testing"

	"assay/internal/media"
	"assay/internal/testsize"
)

func order() *media.Types {
	text, number := &media.Types{Text: true}, &media.Types{Number: true}
	return &media.Types{Object: true, Members: map[string]*media.Types{
		"amount": number, "live": {Boolean: true}, "note": {Text: true, Null: true}, "name": text,
		"methods": {List: true, Items: text}, "sizes": {List: true, Items: number},
		"either": {List: true, Text: true, Items: text},
		"person": {Object: true, Members: map[string]*media.Types{"name": text, "age": number}},
		"free":   {Object: true, Values: number},
		"lines":  {List: true, Items: &media.Types{Object: true, Members: map[string]*media.Types{"price": number, "of": text}}},
	}}
}

func TestFormToJSON(t *testing.T) {
	for name, c := range map[string]struct{ form, want, err string }{
		"empty":                     {"", `{}`, ""},
		"numbers and booleans":      {"amount=100&live=true", `{"amount":100,"live":true}`, ""},
		"a text where no number is": {"amount=1e&live=yes", `{"amount":"1e","live":"yes"}`, ""},
		"digits as text":            {"name=100", `{"name":"100"}`, ""},
		"null":                      {"note=&name=", `{"note":null,"name":""}`, ""},
		"plus and percent":          {"name=a+b%20c%2Bd%26", `{"name":"a b c+d&"}`, ""},
		"an encoded name":           {"person%5Bname%5D=x", `{"person":{"name":"x"}}`, ""},
		"nested":                    {"person[name]=x&person[age]=7", `{"person":{"name":"x","age":7}}`, ""},
		"deeper":                    {"a[b][c]=1", `{"a":{"b":{"c":"1"}}}`, ""},
		"empty brackets":            {"methods[]=a&methods[]=b", `{"methods":["a","b"]}`, ""},
		"positions":                 {"methods[1]=b&methods[0]=a", `{"methods":["a","b"]}`, ""},
		"positions with a gap":      {"methods[7]=b&methods[2]=a", `{"methods":["a","b"]}`, ""},
		"a repeated name of a list": {"sizes=1&sizes=2", `{"sizes":[1,2]}`, ""},
		"one value of a list":       {"sizes=1", `{"sizes":[1]}`, ""},
		"one value, text or list":   {"either=1", `{"either":"1"}`, ""},
		"two values, text or list":  {"either=1&either=2", `{"either":["1","2"]}`, ""},
		"items with members":        {"lines[0][price]=1&lines[0][of]=2&lines[1][price]=3", `{"lines":[{"price":1,"of":"2"},{"price":3}]}`, ""},
		"items without positions":   {"lines[][price]=1&lines[][of]=2&lines[][price]=3", `{"lines":[{"price":1,"of":"2"},{"price":3}]}`, ""},
		"an object with digits":     {"free[0]=1&free[1]=2", `{"free":{"0":1,"1":2}}`, ""},
		"undocumented":              {"x=1&y[]=2&z[a]=3&w[0]=4", `{"x":"1","y":["2"],"z":{"a":"3"},"w":["4"]}`, ""},
		"undocumented with a gap":   {"w[3]=4", `{"w":{"3":"4"}}`, ""},
		"no value":                  {"name", `{"name":""}`, ""},
		"a value with =":            {"name=a=b", `{"name":"a=b"}`, ""},
		"empty pairs":               {"&&name=a&", `{"name":"a"}`, ""},
		"an open bracket":           {"a[b=1&[c]=2&d]=3&e[f]g=4", `{"a[b":"1","[c]":"2","d]":"3","e[f]g":"4"}`, ""},
		"no text for HTML":          {"name=%3Ca%3E", `{"name":"<a>"}`, ""},
		"a name there twice":        {"name=a&name=b", "", "a name that is no list is there twice"},
		"undocumented and twice":    {"x=1&x=2", "", "a name that is no list is there twice"},
		"a value with members":      {"name=a&name[b]=c", "", "a name has a value, and members too"},
		"a wrong percent":           {"live=true&name=%zz", "", "a % without two hexadecimal digits after byte 10"},
		"a percent at the end":      {"name=%4", "", "a % without two hexadecimal digits after byte 0"},
		"not UTF-8":                 {"name=%ff", "", "not UTF-8"},
		"JSON":                      {`{"name":"a"}`, "", "it is JSON"},
		"too deep":                  {"a" + strings.Repeat("[b]", 70) + "=1", "", "a name is nested deeper than 64"},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := media.Form.ToJSON([]byte(c.form), order())
			if string(got) != c.want || c.err == "" != (err == nil) || err != nil && err.Error() != c.err {
				t.Errorf("%s: %s, %v; want %s, %q", c.form, got, err, c.want, c.err)
			}
		})
	}
}

func TestRewrite(t *testing.T) {
	for name, c := range map[string]struct{ form, json, want string }{
		"nothing changed":    {"b=a%20b&a=a+b&c[]=1&c[]=2", `{"a":"a b","b":"a b","c":["1","2"]}`, "b=a%20b&a=a+b&c[]=1&c[]=2"},
		"a value":            {"b=1&a=2", `{"b":"x y","a":"2"}`, "b=x+y&a=2"},
		"removed":            {"b=1&a[x]=2&a[y]=3", `{"b":"1","a":{"y":"3"}}`, "b=1&a[y]=3"},
		"added":              {"b=1", `{"b":"1","c":{"d":[true,null,2]}}`, "b=1&c[d][0]=true&c[d][1]=&c[d][2]=2"},
		"an item added":      {"c[]=1", `{"c":["1","2"]}`, "c[]=1&c[]=2"},
		"an item more of it": {"c=1&c=2", `{"c":["1","2","3"]}`, "c=1&c=2&c=3"},
		"an item with names": {"c[][x]=1", `{"c":[{"x":"1","y":"2"},{"x":"3"}]}`, "c[][x]=1&c[0][y]=2&c[1][x]=3"},
		"a name":             {"secret[x]=1", `{"hidden":{"x":"1"}}`, "hidden[x]=1"},
		"from nothing":       {"", `{"a":"ü&","b":{},"c":[]}`, "a=%C3%BC%26"},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := media.Form.Rewrite([]byte(c.form), []byte(c.json), nil)
			if string(got) != c.want || err != nil {
				t.Errorf("got %s, %v; want %s", got, err, c.want)
			}
		})
	}
	for _, raw := range []string{`[]`, `1`, `"a"`, `{"a"`, `{} {}`, ``} {
		if got, err := media.Form.FromJSON([]byte(raw)); err == nil {
			t.Errorf("%s became the form %q", raw, got)
		}
	}
}

func TestText(t *testing.T) {
	raw, err := media.Text.ToJSON([]byte("say \"yes\"\n"), nil)
	if back, also := media.Text.FromJSON(raw); string(raw) != `"say \"yes\"\n"` || string(back) != "say \"yes\"\n" || err != nil || also != nil {
		t.Errorf("got %s, %q, %v, %v", raw, back, err, also)
	}
	if _, err := media.Text.ToJSON([]byte{0xff}, nil); err == nil {
		t.Error("bytes that are not UTF-8 are a text")
	}
}

func TestKinds(t *testing.T) {
	for header, want := range map[string]media.Kind{
		"application/x-www-form-urlencoded": media.Form, "Application/X-WWW-Form-Urlencoded; charset=utf-8": media.Form,
		"text/plain;charset=utf-8": media.Text, "application/json": media.JSON, "application/vnd.a+json": media.JSON, "": media.JSON,
	} {
		if got := media.Of(http.Header{"Content-Type": {header}}); got != want {
			t.Errorf("%s: %d", header, got)
		}
	}
	for header, wrong := range map[string]bool{
		"application/x-www-form-urlencoded; charset=UTF-8": false, "text/plain; charset=utf-16": true, "text/plain": false, "text/plain; charset=\"us-ascii\"": false, "a/b; charset=latin1": true,
	} {
		if err := media.Charset(http.Header{"Content-Type": {header}}); (err != nil) != wrong {
			t.Errorf("%s: %v", header, err)
		}
	}
	for _, c := range []struct {
		documented, got string
		want            bool
	}{
		{"application/json", "application/json", true},
		{"application/*+json", "application/vnd.a+json", true},
		{"application/*+json", "application/json", false},
		{"application/*+json", "application/+json", false},
		{"text/*", "text/plain", true},
		{"text/plain", "text/html", false},
	} {
		if got := media.Matches(c.documented, c.got); got != c.want {
			t.Errorf("%s, %s: %t", c.documented, c.got, got)
		}
	}
}

func TestEdit(t *testing.T) {
	form := http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}
	swap := func(raw []byte) []byte { return bytes.ReplaceAll(raw, []byte(`"1"`), []byte(`"2"`)) }
	for name, c := range map[string]struct {
		h          http.Header
		body, want string
	}{
		"a form": {form, "a=1&b=3", "a=2&b=3"}, "an unchanged form": {form, "&a=3", "&a=3"},
		"JSON": {http.Header{}, `{"a":"1"}`, `{"a":"2"}`}, "JSON called a form": {form, `{"a":"1"}`, `{"a":"2"}`},
		"what is no form": {form, `"1"%`, `"2"%`}, "nothing": {form, "", ""},
	} {
		if got := media.Edit(c.h, []byte(c.body), nil, swap); string(got) != c.want {
			t.Errorf("%s: %s", name, got)
		}
	}
}

// TestTextIsJSON compares texts in JSON with those of the standard library.
func TestTextIsJSON(t *testing.T) {
	var all strings.Builder
	for r := range rune(0x3000) {
		all.WriteRune(r)
	}
	for _, text := range []string{"", "plain", all.String(), "\U0001f600<&>", "\ufffd\uffff"} {
		var want bytes.Buffer
		encoder := json.NewEncoder(&want)
		encoder.SetEscapeHTML(false)
		if err := encoder.Encode(text); err != nil {
			t.Fatal(err)
		}
		if got, err := media.Text.ToJSON([]byte(text), nil); string(got)+"\n" != want.String() || err != nil {
			t.Errorf("%q: %s, %v; want %s", text, got, err, want.String())
		}
	}
}

// TestLargeForms reads forms of 10 MB, each of another kind. Reading and rewriting take a
// bounded memory, and a form with too many values is not read.
func TestLargeForms(t *testing.T) {
	testsize.SkipUnlessFull(t)
	size, most := 2<<20, uint64(50) // bytes of a form, and megabytes
	if testsize.Long() {
		size, most = 10<<20, 200
	}
	repeat := func(part string) string { return strings.Repeat(part, size/len(part)) }
	var names strings.Builder
	for i := range size / 20 {
		fmt.Fprintf(&names, "a[%07d][b]=9%07d&", i, i)
	}
	for name, c := range map[string]struct {
		form string
		want error
	}{
		"pairs": {repeat("a&"), media.ErrTooLarge}, "one name": {repeat("mobile=1234567890&"), media.ErrTooLarge}, "new names": {names.String(), media.ErrTooLarge},
		"deep names": {repeat("a" + strings.Repeat("[b]", 63) + "=1&"), media.ErrTooLarge}, "long values": {repeat("a=" + strings.Repeat("%01", 100) + "&"), nil},
		"nothing": {repeat("&"), nil}, "one value": {"a=" + repeat("x"), nil}, "an open name": {repeat("["), nil},
		"the most": {strings.Repeat("a&", media.MaxValues), nil}, "one more": {strings.Repeat("a&", media.MaxValues+1), media.ErrTooLarge},
	} {
		t.Run(name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			raw, err := media.Form.ToJSON([]byte(c.form), nil)
			runtime.ReadMemStats(&after)
			if !errors.Is(err, c.want) {
				t.Errorf("%v", err)
			}
			if n := (after.TotalAlloc - before.TotalAlloc) >> 20; n > most+most/4 { // the race detector adds some
				t.Errorf("reading took %d MB", n)
			}
			if err != nil {
				return
			}
			if back, err := media.Form.Rewrite([]byte(c.form), raw, nil); err != nil || strings.Trim(string(back), "&") != strings.Trim(c.form, "&") {
				t.Errorf("it was rewritten: %.100s, %v", back, err)
			}
		})
	}
	if _, err := media.Form.ToJSON([]byte(repeat("a"+strings.Repeat("[b]", 100)+"&")), nil); err == nil {
		t.Error("a name with 100 brackets was read")
	}
}

// TestPairs visits the values of a form that cannot be read as a whole.
func TestPairs(t *testing.T) {
	var got []string
	for name, value := range media.Pairs([]byte("&b=%zz&a=1&a=2&a[x]=%26&%ff=3&c")) {
		got = append(got, name+":"+value)
	}
	if all := strings.Join(got, " "); all != "a:1 a:2 a[x]:& c:" {
		t.Error(all)
	}
}

// FuzzForm reads a form as JSON, writes that as a form, and reads it again.
func FuzzForm(f *testing.F) {
	for _, seed := range []string{"a=1&b=2", "a[b][c]=1&a[]=2", "a[0]=x&a[2]=y", "a[][b]=1&a[][b]=2", "a=1&a=2", "%5B=1&a%5B%5D=", "amount=1&lines[][price]=2&sizes=3", "a[b=1&[c]=2", "=&&=x"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, form string) {
		for _, types := range []*media.Types{nil, order()} {
			raw, err := media.Form.ToJSON([]byte(form), types)
			if err != nil {
				continue
			}
			if !json.Valid(raw) {
				t.Fatalf("%q became %s", form, raw)
			}
			for name, old := range map[string]string{"new": "", "rewritten": form} {
				back, err := media.Form.Rewrite([]byte(old), raw, types)
				if err != nil {
					t.Fatalf("%s: %s: %v", name, raw, err)
				}
				again, err := media.Form.ToJSON(back, types)
				if err != nil || !same(t, raw, again) {
					t.Fatalf("%s: %q became %s, then %q, then %s, %v", name, form, raw, back, again, err)
				}
			}
		}
	})
}

func same(t *testing.T, a, b []byte) bool {
	t.Helper()
	var one, other any
	if json.Unmarshal(a, &one) != nil || json.Unmarshal(b, &other) != nil {
		return false
	}
	x, _ := json.Marshal(one) // decoded before
	y, _ := json.Marshal(other)
	return bytes.Equal(x, y)
}
