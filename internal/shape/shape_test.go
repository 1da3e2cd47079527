package shape_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"assay/internal/contract"
	"assay/internal/openapi"
	"assay/internal/shape"
	"assay/internal/testsize"
	"assay/specs"
)

// operation returns an operation of the embedded specifications.
func operation(t testing.TB, provider, id string) *openapi.Operation {
	t.Helper()
	all, err := openapi.LoadAll(specs.Files)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range all {
		if o := s.Operation(id); s.Provider == provider && o != nil {
			return o
		}
	}
	t.Fatalf("there is no %s/%s", provider, id)
	return nil
}

// exchange returns an exchange with a response body.
func exchange(o *openapi.Operation, body string) contract.Exchange {
	return contract.Exchange{
		Request:  contract.Request{Method: o.Method, URL: &url.URL{Scheme: "https", Host: "provider.example", Path: o.Path}, Header: http.Header{}},
		Response: contract.Response{Status: http.StatusOK, Header: http.Header{"Content-Type": {"application/json"}}, Body: []byte(body), Duration: time.Millisecond},
		Origin:   "test",
	}
}

// times returns the same exchange n times, with different durations.
func times(n int, ex contract.Exchange) []contract.Exchange {
	var all []contract.Exchange
	for i := range n {
		ex.Response.Duration = time.Duration(i+1) * time.Microsecond
		ex.Origin = fmt.Sprintf("test#%d", i+1)
		all = append(all, ex)
	}
	return all
}

func written(t interface{ Fatal(...any) }, s *shape.Shape) string {
	raw, err := shape.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

// bodies draws responses with various codes, members, types and numbers.
func bodies() *rapid.Generator[string] {
	name := rapid.SampledFrom([]string{"url", "kid", "extra", "a b", "~", "/", "9876543210", "x@example.com"})
	leaf := rapid.OneOf(
		rapid.SampledFrom([]string{`null`, `true`, `1`, `1.50`, `-7`, `"word"`, `"two words"`, `""`, `[]`, `["a", 1]`, `[{"a": 1}, {}]`}),
		rapid.Map(rapid.IntRange(0, 1e9), func(n int) string { return fmt.Sprintf(`"%d"`, n) }),
	)
	return rapid.Custom(func(t *rapid.T) string {
		members := rapid.MapOfN(name, leaf, 0, 4).Draw(t, "data")
		var data []string
		for n, v := range members {
			data = append(data, fmt.Sprintf("%q:%s", n, v))
		}
		code := rapid.SampledFrom([]string{"0x0200", "0x0202", "0x0299", "new", "other one"}).Draw(t, "code")
		return fmt.Sprintf(`{"code":%q,"status":"SUCCESS","message":%s,"data":{%s}}`, code, leaf.Draw(t, "message"), strings.Join(data, ","))
	})
}

func drawn(t *rapid.T, o *openapi.Operation, label string) []contract.Exchange {
	var all []contract.Exchange
	for i, body := range rapid.SliceOfN(bodies(), 1, 6).Draw(t, label) {
		if i == 3 {
			body = "<html>"
		}
		all = append(all, exchange(o, body))
	}
	return all
}

// TestMerge checks that merging is associative, commutative and idempotent.
func TestMerge(t *testing.T) {
	testsize.SkipUnlessFull(t)
	t.Parallel()
	o := operation(t, "ipayments", "initKyc")
	rapid.Check(t, func(t *rapid.T) {
		var shapes []*shape.Shape
		for i := range 3 {
			s := shape.Learn(o, drawn(t, o, fmt.Sprint(i))...)
			if len(shapes) > 0 && rapid.Bool().Draw(t, "shared") { // evidence that both have
				s = shape.Merge(s, shapes[0])
			}
			shapes = append(shapes, s)
		}
		a, b, c := shapes[0], shapes[1], shapes[2]
		if x, y := written(t, shape.Merge(shape.Merge(a, b), c)), written(t, shape.Merge(a, shape.Merge(b, c))); x != y {
			t.Fatalf("not associative:\n%s\n%s", x, y)
		}
		ab := shape.Merge(a, b)
		want := written(t, ab)
		if got := written(t, shape.Merge(b, a)); got != want {
			t.Fatalf("not commutative:\n%s\n%s", want, got)
		}
		for _, again := range []*shape.Shape{a, b, ab} {
			if got := written(t, shape.Merge(ab, again)); got != want {
				t.Fatalf("not idempotent:\n%s\n%s", got, want)
			}
		}
		if got := written(t, ab); got != want {
			t.Fatalf("merging changed a shape:\n%s\n%s", got, want)
		}
		if ab.Exchanges() > a.Exchanges()+b.Exchanges() {
			t.Fatal("more exchanges than were learnt")
		}
	})
}

// TestLearn_parallel distributes exchanges over several Learners. The shape is the
// same.
func TestLearn_parallel(t *testing.T) {
	testsize.SkipUnlessFull(t)
	t.Parallel()
	o := operation(t, "ipayments", "initKyc")
	rapid.Check(t, func(t *rapid.T) {
		all := drawn(t, o, "all")
		if rapid.IntRange(0, 9).Draw(t, "many") == 9 { // beyond every limit
			for i := range 330 {
				all = append(all, exchange(o, fmt.Sprintf(`{"code":"c%d","x":{"m%d":%d},"data":{"url":"v%s"}}`, i%90, (i*7919)%400, i, string(rune('a'+i%26)))))
				all = append(all, exchange(o, fmt.Sprintf(`{"code":"one","message":"form %s","x":{"m%d":{"n":%d}}}`, strings.Repeat("x", i), (i*7919)%400, i)))
			}
		}
		one, first, second := shape.NewLearner(), shape.NewLearner(), shape.NewLearner()
		for i, ex := range all {
			_ = one.Learn(int64(i), ex, o)
			if rapid.Bool().Draw(t, "which") {
				_ = first.Learn(int64(i), ex, o)
			} else {
				_ = second.Learn(int64(i), ex, o)
			}
		}
		if rapid.Bool().Draw(t, "swapped") {
			first, second = second, first
		}
		first.Merge(second)
		if len(all) == 0 {
			return
		}
		if x, y := written(t, one.Shapes()[o.Name()]), written(t, first.Shapes()[o.Name()]); x != y {
			t.Fatalf("one learner:\n%s\ntwo:\n%s", x, y)
		}
	})
}

// TestLearn_values_within_others checks that the form of a message does not depend on
// which value of the response is removed first.
func TestLearn_values_within_others(t *testing.T) {
	t.Parallel()
	o := operation(t, "ipayments", "initKyc")
	ex := exchange(o, `{"code":"0x0202","status":"SUCCESS","message":"two words","data":{"/":"0","kid":1,"x@example.com":"two words","url":"word"}}`)
	want := written(t, shape.Learn(o, ex))
	for range 100 {
		if got := written(t, shape.Learn(o, ex)); got != want {
			t.Fatalf("once:\n%s\nand once:\n%s", want, got)
		}
	}
}

// TestMarshal writes a shape, reads it and writes it again.
func TestMarshal(t *testing.T) {
	t.Parallel()
	o := operation(t, "ipayments", "initKyc")
	rapid.Check(t, func(t *rapid.T) {
		x := written(t, shape.Learn(o, drawn(t, o, "all")...))
		s, err := shape.Unmarshal("x"+shape.Suffix, []byte(x))
		if err != nil {
			t.Fatal(err)
		}
		if y := written(t, s); x != y {
			t.Fatalf("\n%s\n%s", x, y)
		}
	})
}

// TestUnmarshal_damaged reads files with faults. The errors have the file name and no
// values.
func TestUnmarshal_damaged(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":                                       "f: the file is empty",
		"schema: x":                              "f:1: expected schema: assay.shape/v1",
		"schema: assay.shape/v1\noperation: x\n": "f: expected operation: PROVIDER/OPERATION",
		"schema: assay.shape/v1\noperation: x/y\ncodes:\n  a: [{}]\n":                                                                       "f: a: expected every part to have source and exchanges",
		"schema: assay.shape/v1\noperation: x/y\ncodes:\n  a: [null]\n":                                                                     "f: a: expected every part",
		"schema: assay.shape/v1\noperation: x/y\ncodes:\n  a: [{exchanges: many}]\n":                                                        "f:4: ",
		"schema: assay.shape/v1\noperation: x/y\nrequests: [{source: a, exchanges: 1, members: {x: {}}}]\n":                                 `f: requests: members: "x": expected a JSON pointer`,
		"schema: assay.shape/v1\noperation: x/y\nrequests: [{source: a, exchanges: 1, members: {/x: {length: [1]}}}]\n":                     "f:3: expected two numbers, the smallest and the largest",
		"schema: assay.shape/v1\noperation: x/y\nrequests: [{source: a, exchanges: 1, http: {\"200\": null}, members: {}}]\n":               "",
		"schema: assay.shape/v1\noperation: x/y\ncodes: {}\n":                                                                               "f: codes: empty",
		"schema: assay.shape/v1\noperation: x/y\ncodes: null\n":                                                                             "f: codes: empty",
		"schema: assay.shape/v1\noperation: x/y\ncodes: {a: []}\n":                                                                          "f: a: empty",
		"schema: assay.shape/v1\noperation: x/y\ncodes: {\"9812345678\": [{source: a, exchanges: 1}]}\n":                                    "f: codes: a name is not allowed",
		"schema: assay.shape/v1\noperation: x/y\ncodes: {a: [{source: a, exchanges: 1, http: {\"200\": -5}}]}\n":                            "f: a: http: expected a count",
		"schema: assay.shape/v1\noperation: x/y\ncodes: {a: [{source: a, exchanges: 1, headers: {x-98123-45678: 1}}]}\n":                    "f: a: headers: a name is not allowed",
		"schema: assay.shape/v1\noperation: x/y\ncodes: {a: [{source: a, exchanges: 1, members: {/x: {values: {asha@example.com: 1}}}}]}\n": "f: a: members: /x: values: a name is not allowed",
		"schema: assay.shape/v1\noperation: x/y\ncodes: {a: [{source: a, exchanges: 1, members: {/x: {number: [asha, 1]}}}]}\n":             "f: a: members: /x: number: expected two numbers",
		"schema: assay.shape/v1\noperation: x/y\ncodes: {a: [{source: a, exchanges: 1, members: {/x: {number: [1, 007]}}}]}\n":              "f: a: members: /x: number: expected two numbers",
		"schema: assay.shape/v1\noperation: x/y\ncodes: {a: [{source: a, exchanges: 1, messages: {\"a\\nb\": 1}}]}\n":                       "f: a: messages: a name is not allowed",
	} {
		_, err := shape.Unmarshal("f", []byte(text))
		switch {
		case want == "" && err == nil:
		case err == nil || !strings.Contains(err.Error(), want):
			t.Errorf("%q gives %v, want %s", text, err, want)
		case err != nil && (strings.Contains(err.Error(), "asha") || strings.Contains(err.Error(), "98123")):
			t.Errorf("%q the error has a value: %v", text, err)
		}
	}
}

// TestMerge_codes merges more codes than a shape keeps, ten of them shared. The rest
// becomes other, and no exchange is lost.
func TestMerge_codes(t *testing.T) {
	t.Parallel()
	o := operation(t, "ipayments", "initKyc")
	learn := func(from, to int) *shape.Shape {
		var all []contract.Exchange
		for i := from; i < to; i++ {
			all = append(all, times(10, exchange(o, fmt.Sprintf(`{"code":"0x1%03d"}`, i)))...)
		}
		return shape.Learn(o, all...)
	}
	a, b := learn(0, 40), learn(30, 70)
	merged := shape.Merge(a, b)
	if n := merged.Exchanges(); n != 700 || len(merged.Codes) != 49 {
		t.Errorf("%d exchanges of %d codes", n, len(merged.Codes))
	}
	for name, again := range map[string]*shape.Shape{"the other way": shape.Merge(b, a), "once more": shape.Merge(merged, b), "with itself": shape.Merge(merged, merged)} {
		if written(t, again) != written(t, merged) {
			t.Errorf("%s: another shape", name)
		}
	}
}

// TestMerge_many merges more parts than a shape keeps, in any order.
func TestMerge_many(t *testing.T) {
	t.Parallel()
	o := operation(t, "ipayments", "initKyc")
	var shapes []*shape.Shape
	for i := range 14 {
		shapes = append(shapes, shape.Learn(o, times(1+i%3, exchange(o, fmt.Sprintf(`{"code":"0x0200","data":{"kid":"K%d"}}`, i)))...))
	}
	want := ""
	rapid.Check(t, func(t *rapid.T) {
		s := &shape.Shape{}
		for _, next := range rapid.Permutation(shapes).Draw(t, "order") {
			s = shape.Merge(s, next)
		}
		got := written(t, s)
		if want == "" {
			want = got
		}
		if got != want || strings.Count(got, "source:") != 16 { // of the code, and of requests
			t.Fatalf("another order:\n%s\n%s", want, got)
		}
	})
}
