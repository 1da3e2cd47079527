package specdiff_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"assay/internal/contract"
	"assay/internal/openapi"
	"assay/internal/specdiff"
	"assay/internal/testsize"
	"assay/specs"
)

// keywordEdits has, for every keyword that a schema of a specification may use, schemas that
// differ in the keyword only. {} is the schema without the keyword.
var keywordEdits = map[string][]string{
	"type":                 {`{type: string}`, `{type: integer}`, `{}`},
	"format":               {`{type: string}`, `{type: string, format: email}`, `{type: string, format: uri}`},
	"nullable":             {`{type: string}`, `{type: string, nullable: true}`},
	"enum":                 {`{type: string}`, `{type: string, enum: [a]}`, `{type: string, enum: [a, b]}`, `{type: string, enum: [b]}`},
	"enum of numbers":      {`{type: integer}`, `{type: integer, enum: [1]}`, `{type: integer, enum: [1, 2]}`, `{type: integer, enum: [9007199254740992]}`, `{type: integer, enum: [9007199254740993]}`},
	"default":              {`{type: string}`, `{type: string, default: a}`, `{type: string, default: b}`},
	"pattern":              {`{type: string}`, `{type: string, pattern: a}`, `{type: string, pattern: b}`},
	"minLength":            {`{type: string}`, `{type: string, minLength: 1}`, `{type: string, minLength: 2}`},
	"maxLength":            {`{type: string}`, `{type: string, maxLength: 5}`, `{type: string, maxLength: 6}`},
	"minimum":              {`{type: number}`, `{type: number, minimum: 1}`, `{type: number, minimum: 1.5}`, `{type: number, minimum: 9007199254740992}`, `{type: number, minimum: 9007199254740993}`},
	"maximum":              {`{type: number}`, `{type: number, maximum: 1}`, `{type: number, maximum: 0.5}`, `{type: number, maximum: 0.1}`, `{type: number, maximum: 0.10000000000000001}`},
	"exclusiveMinimum":     {`{type: number, minimum: 1}`, `{type: number, minimum: 1, exclusiveMinimum: true}`},
	"exclusiveMaximum":     {`{type: number, maximum: 1}`, `{type: number, maximum: 1, exclusiveMaximum: true}`},
	"multipleOf":           {`{type: number}`, `{type: number, multipleOf: 0.01}`, `{type: number, multipleOf: 0.1}`},
	"minItems":             {`{type: array, items: {}}`, `{type: array, items: {}, minItems: 1}`, `{type: array, items: {}, minItems: 2}`},
	"maxItems":             {`{type: array, items: {}}`, `{type: array, items: {}, maxItems: 1}`, `{type: array, items: {}, maxItems: 2}`},
	"uniqueItems":          {`{type: array, items: {}}`, `{type: array, items: {}, uniqueItems: true}`},
	"items":                {`{type: array, items: {}}`, `{type: array, items: {type: string}}`, `{type: array, items: {type: string, maxLength: 3}}`, `{type: array, items: {type: string, not: {enum: [a]}}}`},
	"minProperties":        {`{type: object}`, `{type: object, minProperties: 1}`, `{type: object, minProperties: 2}`},
	"maxProperties":        {`{type: object}`, `{type: object, maxProperties: 1}`, `{type: object, maxProperties: 2}`},
	"properties":           {`{type: object}`, `{type: object, properties: {p: {type: string, x-doc: p}}}`, `{type: object, properties: {q: {type: string, x-doc: q}}}`},
	"required":             {`{type: object, properties: {p: {type: string, x-doc: p}, q: {type: string, x-doc: q}}}`, `{type: object, required: [p], properties: {p: {type: string, x-doc: p}, q: {type: string, x-doc: q}}}`, `{type: object, required: [q], properties: {p: {type: string, x-doc: p}, q: {type: string, x-doc: q}}}`},
	"additionalProperties": {`{type: object}`, `{type: object, additionalProperties: false}`, `{type: object, additionalProperties: {type: string}}`, `{type: object, additionalProperties: {type: string, maxLength: 3}}`},
	"allOf":                {`{type: string}`, `{type: string, allOf: [{maxLength: 5}]}`, `{type: string, allOf: [{maxLength: 5}, {pattern: a}]}`, `{type: string, allOf: [{not: {enum: [a]}}]}`},
	"anyOf":                {`{anyOf: [{type: string}, {type: integer}]}`, `{anyOf: [{type: string}, {type: boolean}]}`, `{oneOf: [{type: string}, {type: integer}]}`, `{anyOf: [{type: string, maxLength: 5}, {type: integer}]}`, `{anyOf: [{type: string, not: {enum: [a]}}, {type: integer}]}`, `{}`},
	"oneOf":                {`{oneOf: [{type: string, maxLength: 3}, {type: string, minLength: 2}]}`, `{anyOf: [{type: string, maxLength: 3}, {type: string, minLength: 2}]}`, `{oneOf: [{type: string, maxLength: 3}, {type: string, minLength: 1}]}`, `{type: string}`},
	"not":                  {`{type: string}`, `{type: string, not: {enum: [a]}}`, `{type: string, not: {enum: [a, b]}}`, `{type: string, not: {type: string, maxLength: 4}}`, `{type: string, not: {}}`},
	"$ref":                 {`{$ref: "#/components/schemas/One"}`, `{$ref: "#/components/schemas/Other"}`},
	"deprecated":           {`{type: string}`, `{type: string, deprecated: true}`},
	"x-means":              {`{type: string}`, `{type: string, x-means: reference}`, `{type: string, x-means: currency}`},
	"x-secret":             {`{type: string}`, `{type: string, x-secret: true}`},
	"x-assumed":            {`{type: string}`, `{type: string, x-assumed: true}`},
	"x-keep":               {`{type: string}`, `{type: string, x-keep: true}`},
	"x-unit":               {`{type: integer, x-means: timestamp}`, `{type: integer, x-means: timestamp, x-unit: s}`, `{type: integer, x-means: timestamp, x-unit: ms}`},
	"x-personal":           {`{type: string}`, `{type: string, x-personal: name}`, `{type: string, x-personal: email}`},
}

// forReaders are keywords that say nothing about values.
var forReaders = []string{"title", "description", "example", "externalDocs", "x-doc"}

// TestEveryKeywordIsCompared changes every keyword that the loader accepts, at every kind of
// place. At a member it changes every schema to every other one; at other places, and if make
// attack does not run it, it changes each schema to the next one only.
func TestEveryKeywordIsCompared(t *testing.T) {
	testsize.SkipUnlessFull(t)
	t.Parallel()
	everyPair := testsize.Long()
	for _, keyword := range slices.Sorted(maps.Keys(schemaKeywords(t))) {
		if _, known := keywordEdits[keyword]; !known && !slices.Contains(forReaders, keyword) {
			t.Errorf("the loader accepts %s, but no edit changes it", keyword)
		}
	}
	documents := map[string]string{
		"a member of a request":   documentWith("request", `{type: object, x-doc: b, properties: {m: SCHEMA}}`),
		"a member of a response":  documentWith("response", `{type: object, x-doc: b, properties: {m: SCHEMA}}`),
		"a body of a response":    documentWith("response", `{x-doc: b, allOf: [SCHEMA]}`),
		"a parameter":             documentWith("parameter", `SCHEMA`),
		"an item":                 documentWith("request", `{type: object, x-doc: b, properties: {l: {type: array, x-doc: l, items: SCHEMA}}}`),
		"a value of a map":        documentWith("response", `{type: object, x-doc: b, additionalProperties: SCHEMA}`),
		"a member of a form":      documentWith("request", `{type: object, x-doc: b, properties: {f: {x-doc: f, oneOf: [{type: object, properties: {m: SCHEMA}}, {type: string}]}}}`),
		"a member in allOf":       documentWith("response", `{x-doc: b, allOf: [{type: object, properties: {m: SCHEMA}}]}`),
		"a member that is shared": documentWith("response", `{type: object, x-doc: b, properties: {one: {x-doc: o, allOf: [{$ref: "#/components/schemas/Shared"}]}}}`),
	}
	for at, document := range documents {
		for keyword, schemas := range keywordEdits {
			if strings.HasPrefix(keyword, "x-") && (at == "a member that is shared" || at == "a body of a response" || strings.Contains(at, "form")) {
				continue // extensions are read at members
			}
			for i, older := range schemas {
				for k, newer := range schemas {
					if next := k == (i+1)%len(schemas); i == k || !next && !everyPair && at != "a member of a request" {
						continue
					}
					changes, err := compareDocuments(put(document, older), put(document, newer))
					if err != nil {
						t.Errorf("%s, %s: %s → %s: %v", at, keyword, older, newer, err)
						continue
					}
					if len(changes) == 0 {
						t.Errorf("%s, %s: %s → %s: no change", at, keyword, older, newer)
					}
				}
			}
		}
	}
}

// TestImpactOfKeywords rates what oasdiff does not compare: a stricter request can be
// refused, a less strict response can hold something new.
func TestImpactOfKeywords(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ at, older, newer, want string }{
		"not, in a request":                   {"request", `{type: string}`, `{type: string, not: {enum: [a]}}`, "breaks schema-changed  request#/m"},
		"not, gone from a request":            {"request", `{type: string, not: {enum: [a]}}`, `{type: string}`, "harmless schema-changed  request#/m"},
		"not, in a response":                  {"response", `{type: string}`, `{type: string, not: {enum: [a]}}`, "harmless schema-changed  response#/m"},
		"not, gone from a response":           {"response", `{type: string, not: {enum: [a]}}`, `{type: string}`, "degrades schema-changed  response#/m"},
		"another not":                         {"request", `{type: string, not: {enum: [a]}}`, `{type: string, not: {enum: [b]}}`, "degrades schema-changed  request#/m"},
		"oneOf for anyOf, in a request":       {"request", `{anyOf: [{type: string, maxLength: 3}, {type: string, minLength: 2}]}`, `{oneOf: [{type: string, maxLength: 3}, {type: string, minLength: 2}]}`, "degrades schema-changed  request#/m"},
		"anyOf for oneOf, in a request":       {"request", `{oneOf: [{type: string, maxLength: 3}, {type: string, minLength: 2}]}`, `{anyOf: [{type: string, maxLength: 3}, {type: string, minLength: 2}]}`, "harmless schema-changed  request#/m"},
		"anyOf for oneOf, in a response":      {"response", `{oneOf: [{type: string, maxLength: 3}, {type: string, minLength: 2}]}`, `{anyOf: [{type: string, maxLength: 3}, {type: string, minLength: 2}]}`, "degrades schema-changed  response#/m"},
		"oneOf for anyOf, of different types": {"request", `{anyOf: [{type: string}, {type: integer}]}`, `{oneOf: [{type: string}, {type: integer}]}`, "harmless schema-changed  request#/m"},
		"the forms in another order":          {"request", `{anyOf: [{type: string}, {type: integer}]}`, `{anyOf: [{type: integer}, {type: string}]}`, ""},
		"a limit that no float64 holds":       {"response", `{type: integer, maximum: 9007199254740992}`, `{type: integer, maximum: 9007199254740993}`, "degrades schema-changed  response#/m"},
		"a limit in another spelling":         {"response", `{type: number, maximum: 1}`, `{type: number, maximum: 1.0}`, ""},
		"an enumeration in another order":     {"response", `{type: string, enum: [a, b]}`, `{type: string, enum: [b, a]}`, ""},
		"the same in allOf":                   {"response", `{type: string, maxLength: 3}`, `{type: string, allOf: [{maxLength: 3}]}`, ""},
	} {
		document := documentWith(c.at, `{type: object, x-doc: b, properties: {m: SCHEMA}}`)
		changes, err := compareDocuments(put(document, c.older), put(document, c.newer))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got := strings.Join(summaries(changes), "; "); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

// TestDefaultsOfKeywords: a keyword with the value that it has anyway is no change.
func TestDefaultsOfKeywords(t *testing.T) {
	t.Parallel()
	for keyword, schemas := range map[string][2]string{
		"additionalProperties":             {`{type: object}`, `{type: object, additionalProperties: true}`},
		"additionalProperties, any schema": {`{type: object, additionalProperties: true}`, `{type: object, additionalProperties: {}}`},
		"additionalProperties, in anyOf":   {`{anyOf: [{type: object}, {type: string}]}`, `{anyOf: [{type: object, additionalProperties: true}, {type: string}]}`},
		"nullable":                         {`{type: string}`, `{type: string, nullable: false}`},
		"properties":                       {`{type: object}`, `{type: object, properties: {}}`},
		"minLength":                        {`{type: string}`, `{type: string, minLength: 0}`},
		"minItems":                         {`{type: array, items: {}}`, `{type: array, items: {}, minItems: 0}`},
		"minProperties":                    {`{type: object}`, `{type: object, minProperties: 0}`},
		"uniqueItems":                      {`{type: array, items: {}}`, `{type: array, items: {}, uniqueItems: false}`},
		"exclusiveMinimum":                 {`{type: number, minimum: 1}`, `{type: number, minimum: 1, exclusiveMinimum: false}`},
		"exclusiveMaximum":                 {`{type: number, maximum: 1}`, `{type: number, maximum: 1, exclusiveMaximum: false}`},
		"deprecated":                       {`{type: string}`, `{type: string, deprecated: false}`},
		"x-secret":                         {`{type: string}`, `{type: string, x-secret: false}`},
		"x-keep":                           {`{type: string}`, `{type: string, x-keep: false}`},
		"x-assumed":                        {`{type: string}`, `{type: string, x-assumed: false}`},
	} {
		for at, document := range map[string]string{
			"a request":   documentWith("request", `{type: object, x-doc: b, properties: {m: SCHEMA}}`),
			"a response":  documentWith("response", `{type: object, x-doc: b, properties: {m: SCHEMA}}`),
			"a parameter": documentWith("parameter", `SCHEMA`),
			"a body":      documentWith("request", `SCHEMA`),
			"under not":   documentWith("response", `{type: object, x-doc: b, properties: {m: {x-doc: m, not: {type: array, items: SCHEMA}}}}`),
		} {
			for _, pair := range [][2]string{schemas, {schemas[1], schemas[0]}} {
				changes, err := compareDocuments(put(document, pair[0]), put(document, pair[1]))
				if err != nil {
					if strings.HasPrefix(keyword, "x-") {
						continue // the dialect has no such keyword there
					}
					t.Errorf("%s, %s: %v", keyword, at, err)
				} else if len(changes) > 0 {
					t.Errorf("%s, %s, %s → %s: %q", keyword, at, pair[0], pair[1], summaries(changes))
				}
			}
		}
	}
}

// TestImpactOfDefaults: a client that leaves a member out gets another order.
func TestImpactOfDefaults(t *testing.T) {
	t.Parallel()
	member, required := `{type: object, x-doc: b, properties: {m: SCHEMA}}`, `{type: object, x-doc: b, required: [m], properties: {m: SCHEMA}}`
	text, other, none := `{type: string, default: INR}`, `{type: string, default: USD}`, `{type: string}`
	for name, c := range map[string]struct{ at, schema, older, newer, want string }{
		"another":                 {"request", member, text, other, "degrades request-property-default-value-changed  request#/m"},
		"another, of a number":    {"request", member, `{type: integer, default: 9007199254740992}`, `{type: integer, default: 9007199254740993}`, "degrades schema-changed  request#/m"},
		"another, of a flag":      {"request", member, `{type: boolean, default: true}`, `{type: boolean, default: false}`, "degrades request-property-default-value-changed  request#/m"},
		"gone":                    {"request", member, text, none, "degrades request-property-default-value-removed  request#/m"},
		"new":                     {"request", member, none, text, "minor request-property-default-value-added  request#/m"},
		"another, of an item":     {"request", `{type: object, x-doc: b, properties: {l: {type: array, x-doc: l, items: SCHEMA}}}`, text, other, "degrades schema-changed  request#/l/*"},
		"another, further below":  {"request", `{type: object, x-doc: b, properties: {m: {type: string, x-doc: m}, n: {type: object, x-doc: n, properties: {m: SCHEMA}}}}`, text, other, "degrades schema-changed  request#/n/m"},
		"another, of a body":      {"request", `SCHEMA`, `{type: object, default: {a: 1}}`, `{type: object, default: {a: 2}}`, "degrades request-body-default-value-changed  request#"},
		"another, never left out": {"request", required, text, other, "minor request-property-default-value-changed  request#/m"},
		"gone, never left out":    {"request", required, text, none, "minor request-property-default-value-removed  request#/m"},
		"another, of a parameter": {"parameter", `SCHEMA`, text, other, "degrades request-parameter-default-value-changed  request.query.p"},
		"gone from a parameter":   {"parameter", `SCHEMA`, text, none, "degrades request-parameter-default-value-removed  request.query.p"},
		"another, of a response":  {"response", member, text, other, "minor response-property-default-value-changed  response#/m"},
	} {
		document := documentWith(c.at, c.schema)
		changes, err := compareDocuments(put(document, c.older), put(document, c.newer))
		if got := strings.Join(summaries(changes), "; "); err != nil || got != c.want {
			t.Errorf("%s: %q, want %q, %v", name, got, c.want, err)
		}
	}
}

// TestFormsAreReportedOnce: a change inside anyOf or oneOf is reported once, and none hides another.
func TestFormsAreReportedOnce(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ at, older, newer, want string }{
		"minimum":                {"request", `{anyOf: [{type: integer, minimum: 1}, {type: string}]}`, `{anyOf: [{type: integer, minimum: 100}, {type: string}]}`, "breaks number-changed  request#/m"},
		"maxLength":              {"request", `{anyOf: [{type: integer}, {type: string, maxLength: 9}]}`, `{anyOf: [{type: integer}, {type: string, maxLength: 7}]}`, "breaks length-changed  request#/m"},
		"maxLength, in oneOf":    {"response", `{oneOf: [{type: integer}, {type: string, maxLength: 9}]}`, `{oneOf: [{type: integer}, {type: string, maxLength: 11}]}`, "breaks length-changed  response#/m"},
		"a member":               {"response", `{anyOf: [{type: object, required: [p], properties: {p: {type: string, x-doc: p}}}, {type: string}]}`, `{anyOf: [{type: object, properties: {p: {type: string, x-doc: p}}}, {type: string}]}`, "breaks member-absent  response#/m/p"},
		"a new member":           {"response", `{anyOf: [{type: object, properties: {p: {type: string, x-doc: p}}}, {type: string}]}`, `{anyOf: [{type: object, properties: {p: {type: string, x-doc: p}, q: {type: string, x-doc: q}}}, {type: string}]}`, "minor member-added  response#/m/q"},
		"not":                    {"request", `{anyOf: [{type: integer}, {type: string}]}`, `{anyOf: [{type: integer}, {type: string, not: {enum: [a]}}]}`, "degrades schema-changed  request#/m"},
		"maxLength, and a not":   {"response", `{anyOf: [{type: integer}, {type: string, maxLength: 9, not: {enum: [a]}}]}`, `{anyOf: [{type: integer}, {type: string, maxLength: 7}]}`, "degrades schema-changed  response#/m; minor length-changed  response#/m"},
		"another form":           {"request", `{anyOf: [{type: integer}, {type: string}]}`, `{anyOf: [{type: integer}, {type: string}, {type: boolean}]}`, "harmless member-retyped  request#/m"},
		"two more forms":         {"request", `{anyOf: [{type: integer}, {type: string}]}`, `{anyOf: [{type: integer}, {type: string}, {type: boolean}, {type: array, items: {}}]}`, "harmless member-retyped  request#/m"},
		"oneOf, and a maxLength": {"request", `{anyOf: [{type: integer}, {maxLength: 9}]}`, `{oneOf: [{type: integer}, {maxLength: 9}]}`, "degrades schema-changed  request#/m"},
	} {
		document := documentWith(c.at, `{type: object, x-doc: b, properties: {m: SCHEMA}}`)
		changes, err := compareDocuments(put(document, c.older), put(document, c.newer))
		if got := strings.Join(summaries(changes), "; "); err != nil || got != c.want {
			t.Errorf("%s: %q, want %q, %v", name, got, c.want, err)
		}
	}
}

// TestHeaderNames: header names have no case.
func TestHeaderNames(t *testing.T) {
	t.Parallel()
	document := put(documentWith("parameter", `SCHEMA`), `{type: string, maxLength: 5}`)
	header := strings.Replace(document, "{name: p, in: query", "{name: X-Version, in: header", 1)
	lower := strings.Replace(header, "X-Version", "x-version", 1)
	for name, c := range map[string]struct{ newer, want string }{
		"in lower case":             {lower, ""},
		"in upper case":             {strings.Replace(header, "X-Version", "X-VERSION", 1), ""},
		"in lower case, and longer": {strings.Replace(lower, "maxLength: 5", "maxLength: 4", 1), "breaks length-changed  request.header.x-version"},
		"in lower case, required":   {strings.Replace(lower, "in: header", "in: header, required: true", 1), "breaks became-required  request.header.x-version"},
		"another":                   {strings.Replace(header, "X-Version", "X-Versions", 1), "degrades member-removed  request.header.x-version; minor member-added  request.header.x-versions"},
	} {
		changes, err := compareDocuments(header, c.newer)
		if got := strings.Join(summaries(changes), "; "); err != nil || got != c.want {
			t.Errorf("%s: %q, want %q, %v", name, got, c.want, err)
		}
	}
	query := strings.Replace(document, "{name: p,", "{name: P,", 1)
	if changes, err := compareDocuments(document, query); err != nil || len(changes) != 2 {
		t.Errorf("a query parameter in another case: %q, %v", summaries(changes), err)
	}
}

// TestAssumedStatus: the documents now list a status that was assumed.
func TestAssumedStatus(t *testing.T) {
	t.Parallel()
	document := put(documentWith("response", `{type: object, x-doc: b, properties: {m: SCHEMA}}`), `{type: string}`)
	assumed := strings.Replace(document, `"200": {description: d`, `"200": {x-assumed: true, description: d`, 1)
	changes, err := compareDocuments(assumed, document)
	if got := summaries(changes); err != nil || !slices.Equal(got, []string{"minor schema-changed  response.status"}) {
		t.Errorf("%q %v", got, err)
	}
}

// schemaKeywords returns the keywords of a schema in the dialect.
func schemaKeywords(t *testing.T) map[string]any {
	t.Helper()
	var dialect struct {
		Defs map[string]struct {
			Properties map[string]any `json:"properties"`
		} `json:"$defs"`
	}
	if err := json.Unmarshal(specs.Dialect, &dialect); err != nil {
		t.Fatal(err)
	}
	return dialect.Defs["schema"].Properties
}

// put writes a schema into a document. A reference has nothing beside it.
func put(document, schema string) string {
	if !strings.Contains(schema, "$ref") {
		schema = strings.Replace(schema, "{", "{x-doc: s, ", 1)
		schema = strings.Replace(schema, ", }", "}", 1)
	}
	return strings.ReplaceAll(document, "SCHEMA", schema)
}

// documentWith is a specification with a schema at a place.
func documentWith(at, schema string) string {
	request, response, parameter := `{type: object, x-doc: b}`, `{type: object, x-doc: b}`, `{type: string}`
	switch at {
	case "request":
		request = schema
	case "response":
		response = schema
	case "parameter":
		parameter = schema
	}
	return fmt.Sprintf(`openapi: 3.0.3
info: {title: Shop, version: "1", description: d}
servers: [{url: "https://shop.example.com", description: d}]
x-credentials: {}
paths:
  /order:
    post:
      operationId: createOrder
      summary: Create an order
      externalDocs: {url: "https://shop.example.com/docs"}
      parameters:
        - {name: p, in: query, x-doc: p, schema: %s}
      requestBody: {required: true, content: {application/json: {schema: %s}}}
      responses:
        "200": {description: d, content: {application/json: {schema: %s}}}
      security: []
      x-result:
        at: {code: /code}
        codes: [{code: "0", outcome: succeeded, retry: never, x-doc: c}]
components:
  schemas:
    One: {type: string, x-doc: one}
    Other: {type: string, maxLength: 3, x-doc: other}
    Shared: {type: object, x-doc: shared, properties: {m: SCHEMA}}
`, parameter, request, response)
}

// loaded has the documents that the tests of this file load, by text.
var loaded sync.Map

func loadDocument(raw string) (specdiff.Document, error) {
	known, _ := loaded.Load(raw)
	if document, ok := known.(specdiff.Document); ok {
		return document, nil
	}
	s, err := openapi.Load(fstest.MapFS{"shop.yaml": {Data: []byte(raw)}}, "shop.yaml")
	if err != nil {
		return specdiff.Document{}, err
	}
	document := specdiff.NewDocument(s, "shop.yaml")
	loaded.Store(raw, document)
	return document, nil
}

func compareDocuments(older, newer string) ([]contract.Change, error) {
	before, err := loadDocument(older)
	if err != nil {
		return nil, err
	}
	after, err := loadDocument(newer)
	if err != nil {
		return nil, err
	}
	return specdiff.Compare(before, after, specdiff.Uses{})
}
