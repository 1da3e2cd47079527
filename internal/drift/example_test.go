package drift_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"assay/internal/contract"
	"assay/internal/drift"
	"assay/internal/openapi"
	"assay/internal/shape"
)

// canaries are responses in which every value is confidential, in every documented
// member and in undocumented members: texts, numbers, and objects or lists of them.
// Codes stay.
func canaries(t *testing.T, o *openapi.Operation, sort string) (was, is []contract.Exchange, secrets []string) {
	t.Helper()
	next := 0
	secret := func() string {
		next++
		s := "CANARY" + strings.Repeat(string(rune('A'+next%26)), 1+next/26) + "zq"
		if sort == "numbers" {
			s = fmt.Sprintf("98%08d", next)
		}
		secrets = append(secrets, s)
		return s
	}
	value := func(at contract.Pointer) any {
		switch {
		case len(o.Result.Code) > 0 && at == o.Result.Code[0]:
			return nil
		case sort == "numbers":
			return json.Number(secret())
		case sort == "objects":
			name := fmt.Sprintf("98%08d", next) // as in a map by telephone number
			secrets = append(secrets, name)
			return map[string]any{name: secret(), "list": []any{secret(), map[string]any{"deep": secret()}}}
		case sort == "lists":
			return []any{secret(), secret()}
		}
		return secret()
	}
	for _, row := range o.Codes {
		printed, ok := o.Example(row.Code)
		if !ok {
			continue
		}
		ex := exchange(o, string(printed.Body))
		ex.Response.Status = printed.HTTP
		was = append(was, times(25, ex)...)
		var body any
		if err := json.Unmarshal(printed.Body, &body); err != nil {
			t.Fatal(err)
		}
		raw, err := contract.Encode(fill(body, "", value))
		if err != nil {
			t.Fatal(err)
		}
		ex.Response.Body = raw
		ex.Response.Header = map[string][]string{"Content-Type": {"application/json"}, "X-New": {secret()}}
		is = append(is, times(25, ex)...)
	}
	return was, is, secrets
}

// fill replaces the values of a body and adds a member to every object. Where value
// returns nil the old value stays.
func fill(body any, at contract.Pointer, value func(at contract.Pointer) any) any {
	switch v := body.(type) {
	case map[string]any:
		all := map[string]any{"more": value(at + "/more")}
		for name, below := range v {
			all[name] = fill(below, at.AppendToken(name), value)
		}
		return all
	case []any:
		return []any{value(at + "/0")}
	}
	if other := value(at); other != nil {
		return other
	}
	return body
}

// TestExample_canary builds examples from responses with confidential values only, and
// searches for them.
func TestExample_canary(t *testing.T) {
	t.Parallel()
	for _, of := range []string{"ipayments/initKyc", "ipayments/createOrder", "paytm/createOrder", "paytring/createOrder", "enkash/createToken"} {
		for _, sort := range []string{"texts", "numbers", "objects", "lists"} {
			t.Run(of+"/"+sort, func(t *testing.T) {
				t.Parallel()
				provider, id, _ := strings.Cut(of, "/")
				o := operation(t, provider, id)
				was, is, secrets := canaries(t, o, sort)
				drawn := 0
				for _, c := range drift.Compare(shape.Learn(o, was...), shape.Learn(o, is...), o, nil) {
					if c.Example != nil {
						drawn++
					}
					if len(c.Example) > 2000 {
						t.Errorf("%s %s: %d bytes", c.Kind, c.At, len(c.Example))
					}
					for _, s := range secrets {
						if bytes.Contains(c.Example, []byte(s)) {
							t.Errorf("%s %s: %s stands in %s", c.Kind, c.At, s, c.Example)
						}
					}
				}
				if drawn < 2 || len(secrets) < 3 {
					t.Errorf("%d examples, %d secrets: too few for this test", drawn, len(secrets))
				}
			})
		}
	}
}

// TestExample_boolean shows a status with its type.
func TestExample_boolean(t *testing.T) {
	t.Parallel()
	o := operation(t, "paytring", "createOrder")
	made := `{"status":true,"order_id":"488645160184316011"}`
	changes := drift.Compare(shape.Learn(o, times(25, exchange(o, made))...), shape.Learn(o, times(25, exchange(o, strings.Replace(made, `"order_id"`, `"more":1,"order_id"`, 1)))...), o, nil)
	if len(changes) != 1 || !bytes.Contains(changes[0].Example, []byte(`"status":true`)) {
		t.Errorf("%+v", changes)
	}
}

// TestExample checks what an example contains.
func TestExample(t *testing.T) {
	t.Parallel()
	o := operation(t, "ipayments", "initKyc")
	was := shape.Learn(o, times(25, exchange(o, usual))...)
	swap := func(from, to string) string { return strings.Replace(usual, from, to, 1) }
	wide := `"wide":{"a":1,"b":1,"c":1,"d":1,"e":1,"f":1,"g":1,"h":1,"i":1,"j":1},"data"`
	for name, c := range map[string]struct {
		body string
		at   contract.Place
		want string
	}{
		"a type":           {swap(`"KID"`, `7`), "response#/data/kid", `{"code":"0x0200","data":{"kid":"<integer>","url":"<string, https-uri, 32 characters>"},"…":"2 more"}`},
		"null":             {swap(`"KID"`, `null`), "response#/data/kid", `{"code":"0x0200","data":{"kid":null,"url":"<string, https-uri, 32 characters>"},"…":"2 more"}`},
		"gone":             {swap(`,"kid":"KID"`, ``), "response#/data/kid", `{"code":"0x0200","data":{"url":"<string, https-uri, 32 characters>"},"…":"2 more"}`},
		"a list":           {swap(`"KID"`, `[{"a":[{"b":{"c":1}}]}]`), "response#/data/kid", `{"code":"0x0200","data":{"kid":[{"a":"<array>"}],"url":"<string, https-uri, 32 characters>"},"…":"2 more"}`},
		"many":             {swap(`"data"`, wide), "response#/wide", `{"code":"0x0200","data":{"kid":"<string, word, 3 characters>","url":"<string, https-uri, 32 characters>"},"message":"<string, text, 12 characters>","status":"SUCCESS","wide":{"a":"<integer>","b":"<integer>","c":"<integer>","d":"<integer>","e":"<integer>","f":"<integer>","g":"<integer>","h":"<integer>","…":"2 more"}}`},
		"another status":   {swap(`SUCCESS`, `DONE`), "response#/status", `{"code":"0x0200","data":{"kid":"<string, word, 3 characters>","url":"<string, https-uri, 32 characters>"},"message":"<string, text, 12 characters>","status":"<string, word, 4 characters>"}`},
		"a code as number": {swap(`"0x0200"`, `200`), "response#/code", `{"code":200,"data":{"kid":"<string, word, 3 characters>","url":"<string, https-uri, 32 characters>"},"message":"<string, text, 12 characters>","status":"<string, word, 7 characters>"}`},
		"no JSON":          {"<html>", "response#", `"<no JSON>"`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, change := range drift.Compare(was, shape.Learn(o, times(25, exchange(o, c.body))...), o, nil) {
				if change.At == c.at && change.Example != nil {
					if string(change.Example) != c.want {
						t.Errorf("got  %s\nwant %s", change.Example, c.want)
					}
					return
				}
			}
			t.Errorf("no example at %s", c.at)
		})
	}
}

// TestExample_root builds examples for changes of the body itself: of its type, with
// responses of both types and of one.
func TestExample_root(t *testing.T) {
	t.Parallel()
	o := operation(t, "paytring", "createOrder")
	bodies := []string{`[]`, `[1,{"a":1}]`, `"oops"`, `null`, `7`, `{}`, `{"status":false,"error":{"message":"x","code":400}}`}
	drawn := 0
	for _, before := range bodies {
		for _, now := range bodies {
			old, came := times(25, exchange(o, before)), times(25, exchange(o, now))
			for _, is := range [][]contract.Exchange{came, append(times(10, exchange(o, before)), came...)} {
				for _, c := range drift.Compare(shape.Learn(o, old...), shape.Learn(o, is...), o, nil) {
					if c.At == "response#" && c.Example != nil && json.Valid(c.Example) {
						drawn++
					}
				}
			}
		}
	}
	if drawn < 20 {
		t.Errorf("%d examples at the body itself", drawn)
	}
}
