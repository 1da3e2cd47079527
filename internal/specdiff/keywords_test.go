package specdiff_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"assay/internal/contract"
	"assay/internal/openapi"
	"assay/internal/specdiff"
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
	"additionalProperties": {`{type: object}`, `{type: object, additionalProperties: true}`, `{type: object, additionalProperties: false}`, `{type: object, additionalProperties: {type: string}}`, `{type: object, additionalProperties: {type: string, maxLength: 3}}`},
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

// TestEveryKeywordIsCompared changes every keyword that the loader accepts, at every kind
// of place. At a member it changes every schema to every other one; at other places, and if
// make attack does not run it, it changes each schema to the next one only.
func TestEveryKeywordIsCompared(t *testing.T) {
	t.Parallel()
	everyPair := os.Getenv("ASSAY_ATTACK") != ""
	for _, keyword := range slices.Sorted(maps.Keys(schemaKeywords(t))) {
		if _, known := keywordEdits[keyword]; !known && !slices.Contains(forReaders, keyword) {
			t.Errorf("the loader accepts %s, but no edit changes it", keyword)
		}
	}
	for at, document := range map[string]string{
		"a member of a request":   documentWith("request", `{type: object, x-doc: b, properties: {m: SCHEMA}}`),
		"a member of a response":  documentWith("response", `{type: object, x-doc: b, properties: {m: SCHEMA}}`),
		"a body of a response":    documentWith("response", `{x-doc: b, allOf: [SCHEMA]}`),
		"a parameter":             documentWith("parameter", `SCHEMA`),
		"an item":                 documentWith("request", `{type: object, x-doc: b, properties: {l: {type: array, x-doc: l, items: SCHEMA}}}`),
		"a value of a map":        documentWith("response", `{type: object, x-doc: b, additionalProperties: SCHEMA}`),
		"a member of a form":      documentWith("request", `{type: object, x-doc: b, properties: {f: {x-doc: f, oneOf: [{type: object, properties: {m: SCHEMA}}, {type: string}]}}}`),
		"a member in allOf":       documentWith("response", `{x-doc: b, allOf: [{type: object, properties: {m: SCHEMA}}]}`),
		"a member that is shared": documentWith("response", `{type: object, x-doc: b, properties: {one: {x-doc: o, allOf: [{$ref: "#/components/schemas/Shared"}]}}}`),
	} {
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
