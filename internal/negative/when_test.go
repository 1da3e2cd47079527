package negative_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"testing/fstest"

	"assay/internal/contract"
	"assay/internal/fixed"
	"assay/internal/negative"
	"assay/internal/openapi"
	"assay/internal/signature"
)

// inquiry is an invented operation, signed and with an API key. Its table is filled in.
const inquiry = `openapi: 3.0.3
info: {title: Dock, version: "1", description: A made-up provider}
servers: [{url: "https://api.dock.example", description: test, x-evidence: sandbox}]
x-credentials:
  key: {env: ASSAY_DOCK_KEY, test: fake-dock-key, secret: true, about: authorizes}
  sign: {env: ASSAY_DOCK_SIGN, test: fake-dock-sign, secret: true, about: signs}
paths:
  /orders/{id}:
    get:
      operationId: inquire
      summary: Inquire
      externalDocs: {url: "https://docs.dock.example/inquire"}
      security: [{key: []}]
      x-signature: {request: {scheme: hmac-sha256, encoding: hex, at: request.header.x-sign, over: "{path}?{query}", key: sign}}
      x-result:
        at: {code: /code}
        codes:
          - {code: OK, outcome: succeeded, retry: never, x-doc: OK}
CODES
      parameters:
        - {name: id, in: path, required: true, schema: {type: string, pattern: "^o-[0-9]+$"}, x-means: reference, x-doc: P}
        - {name: view, in: query, schema: {type: string, enum: [short, long]}, example: short, x-doc: Q}
        - {name: x-sign, in: header, schema: {type: string}, x-secret: true, x-doc: H}
      responses:
        "200": {description: done, content: {application/json: {schema: {type: object, properties: {code: {type: string, x-doc: R}}}}}}
components: {securitySchemes: {key: {type: apiKey, in: header, name: x-key, x-credential: key}}}
`

// TestWhen takes the code of a fault from the conditions of the codes where words do not say
// it, and from no row that is for something else.
func TestWhen(t *testing.T) {
	t.Parallel()
	const open = "inconclusive"
	row := func(code, state, message, when string) string {
		text := "          - {code: " + code + ", outcome: " + state + ", retry: never, x-doc: " + code
		if message != "" {
			text += `, message: "` + message + `"`
		}
		if when != "" {
			text += ", when: '" + when + "'"
		}
		return text + "}"
	}
	const signed, sent, violated, unknown = `signature != "valid"`, `authentication != "valid"`, `violation.keyword != ""`, "!known(request.path.id)"
	for name, c := range map[string]struct {
		rows                      []string
		signature, key, id, query string
	}{
		"conditions, and words of another kind": {
			[]string{row("S", "unauthorized", "bad sign", signed), row("A", "unauthorized", "who are you", sent), row("P", "invalid", "parameter {field} is invalid", violated)},
			"S", "A", "P", "P",
		},
		"conditions, and words of another language": {
			[]string{row("S", "unauthorized", "firma errada", signed), row("A", "unauthorized", "quem fala", sent), row("P", "invalid", "campo errado", violated)},
			"S", "A", "P", "P",
		},
		"conditions, and no words": {
			[]string{row("S", "invalid", "", signed), row("A", "invalid", "", sent), row("P", "invalid", "", violated)},
			"S", "A", "P", "P",
		},
		"one condition for all":                  {[]string{row("P", "invalid", "no", violated+` || `+signed+` || `+sent)}, "P", "P", "P", "P"},
		"words, and no conditions":               {[]string{row("S", "unauthorized", "wrong signature", ""), row("A", "unauthorized", "wrong token", ""), row("P", "invalid", "{field} is wrong", "")}, "S", "A", "P", "P"},
		"only an unknown order":                  {[]string{row("N", "invalid", "no such order", unknown)}, open, open, open, open},
		"an unknown order in words of the value": {[]string{row("N", "invalid", "id is wrong", unknown), row("V", "invalid", "{field} is wrong", unknown)}, open, open, open, open},
		"one code for invalid requests, unsaid":  {[]string{row("P", "invalid", "no", "")}, open, open, open, open},
		"a signature in words of the value":      {[]string{row("S", "invalid", "{field} is wrong", signed)}, "S", open, open, open},
		"a hash that is a member":                {[]string{row("H", "invalid", "hash is wrong", `violation.field == "hash"`)}, open, open, open, open},
		"one value only":                         {[]string{row("Q", "invalid", "no", `violation.field == "view"`)}, open, open, open, "Q"},
		"two conditions for one fault":           {[]string{row("P", "invalid", "no", violated), row("Q", "invalid", "nein", `violation.field == "view"`)}, open, open, "P", open},
		"unauthorized, but the signature":        {[]string{row("S", "unauthorized", "no", signed)}, "S", open, open, open},
		"two codes for a signature":              {[]string{row("S", "unauthorized", "no", signed), row("T", "unauthorized", "wrong signature", signed)}, open, open, open, open},
	} {
		s, err := openapi.Load(fstest.MapFS{"dock.yaml": {Data: []byte(strings.Replace(inquiry, "CODES", strings.Join(c.rows, "\n"), 1))}}, "dock.yaml")
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		at, err := url.Parse("https://api.dock.example/orders/o-1?view=short")
		if err != nil {
			t.Fatal(err)
		}
		o := s.Operation("inquire")
		r := contract.Request{Method: http.MethodGet, URL: at, Header: http.Header{}}
		r = signature.SignRequest(o.Sign.Request, o.Authorize(r, s.TestCredentials(), ""), s.TestCredentials(), fixed.Clock(), signature.Zeros{})
		got := map[string]string{}
		for _, n := range negative.Derive(s, o, []negative.Base{{Case: &contract.Case{Name: "dock/inquire/accepted"}, Request: r}}) {
			code := n.Case.Want.Code
			if n.Inconclusive.Template != nil {
				code = open
			}
			got[strings.TrimPrefix(n.Case.Name, "dock/inquire/negative/")] = code
		}
		for negative, want := range map[string]string{
			"signature/missing": c.signature, "signature/wrong-key": c.signature, "authorization.key/missing": c.key, "authorization.key/wrong": c.key,
			"path.id/pattern": c.id, "query.view/enum": c.query,
		} {
			if got[negative] != want {
				t.Errorf("%s: %s expects %q, want %q", name, negative, got[negative], want)
			}
		}
	}
}
