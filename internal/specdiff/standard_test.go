package specdiff

import (
	"bytes"
	"io/fs"
	"slices"
	"strings"
	"testing"

	"github.com/oasdiff/oasdiff/checker"
	"github.com/oasdiff/oasdiff/load"

	"assay/internal/openapi"
	"assay/internal/report"
	"assay/internal/testsize"
	"assay/specs"
)

// TestTable checks that every rule of oasdiff that is not ignored has a line, with a
// name for each argument. A rule about a property must name it, because a change
// without a property counts as one of the whole body.
func TestTable(t *testing.T) {
	t.Parallel()
	say := checker.NewDefaultLocalizer()
	properties := 0
	for _, rule := range checker.GetAllRules() {
		if ignored(rule) {
			continue
		}
		l := lines()[rule.Id]
		if l == nil {
			t.Errorf("%s has no line in oasdiff.tsv", rule.Id)
			continue
		}
		var named []any
		for _, name := range l.names {
			named = append(named, "`{"+name+"}`")
		}
		theirs := say(rule.Id, named...)
		if strings.Contains(theirs, "%!") {
			t.Errorf("%s has other arguments than %q: %s", rule.Id, l.names, theirs)
		}
		for _, name := range named {
			if text, _ := name.(string); !strings.Contains(theirs, text) {
				t.Errorf("%s has no argument %s: %s", rule.Id, text, theirs)
			}
		}
		if strings.Contains(rule.Id, "-property-") && !strings.Contains(rule.Id, "parameter") && !strings.Contains(rule.Id, "header") && !strings.Contains(rule.Id, "body") {
			if properties++; !slices.Contains(l.names, "property") {
				t.Errorf("%s names no property: %q", rule.Id, l.names)
			}
		}
	}
	if properties < 100 {
		t.Errorf("only %d rules are about a property", properties)
	}
}

// TestSentences edits documents in many ways. Every sentence, and so every id, contains
// all arguments of the change.
func TestSentences(t *testing.T) {
	testsize.SkipUnlessFull(t)
	t.Parallel()
	ids, detailed := map[string]bool{}, 0
	hold := func(older, newer []byte) {
		var infos []*load.SpecInfo
		for i, raw := range [][]byte{older, newer} {
			doc, err := openapi.OpenAPI(raw)
			if err != nil {
				return // the edit made the document invalid
			}
			info, err := flattened(&load.SpecInfo{Url: []string{"a", "b"}[i], Spec: doc})
			if err != nil {
				return // the edit made the document invalid
			}
			infos = append(infos, info)
		}
		differences, err := differences(infos[0], infos[1])
		if err != nil {
			return // the edit made the document invalid
		}
		for _, found := range differences {
			l := lines()[found.GetId()]
			if l == nil {
				continue // the rule is ignored
			}
			sentence, only := report.Sentence(l.message(found)), l.ruleValue(found)
			if len(l.names) != len(found.GetArgs()) || strings.Contains(sentence, "`{") || only.Rule != found.GetId() {
				t.Errorf("%s: %q of %q", found.GetId(), sentence, found.GetArgs())
			}
			for i, arg := range found.GetArgs() {
				if !strings.Contains(sentence, "`"+argumentText(arg)+"`") || only.Arguments[l.names[i]] != argumentText(arg) {
					t.Errorf("%s: %q does not contain %v", found.GetId(), sentence, arg)
				}
			}
			ids[found.GetId()] = true
			if more := otherPlaces(found); more != "" {
				detailed++
				if !strings.Contains(sentence, more) || only.Arguments["details"] != more {
					t.Errorf("%s: %q does not contain %s", found.GetId(), sentence, more)
				}
			}
		}
	}
	for provider, edits := range map[string][]string{
		"paytm": {
			"type: string\n", "type: string\n              minLength: 2\n", "type: string, ", "type: integer, ", "nullable: true", "nullable: false",
			"application/json:\n", "application/json: &media\n", "additionalProperties: true", "additionalProperties: false", "operationId: ", "deprecated: true\n      operationId: ",
		},
		"ipayments": {"          maxLength: 300", "          maxLength: 20", "required: [code, status, message]", "required: [code, data]", "minimum: 1", "minimum: 2.125", "enum: [", "enum: [OTHER, ", "- REDIRECT\n", "- ELSEWHERE\n"},
		"enkash":    {"format: int64", "format: int32", "default: ", "default: 7 # ", "pattern: ", "pattern: x # ", "minimum: 1", "minimum: 0.01", "anyOf:", "oneOf:", "\"200\":", "\"201\":"},
		"paytring":  {"type: boolean", "type: string", "allOf:", "anyOf:", "maxLength: 4", "maxLength: 5", "not: ", "allOf: ", "\"400\":", "\"409\":", "required: [", "required: [other, "},
	} {
		raw, err := fs.ReadFile(specs.Files, provider+".yaml")
		if err != nil {
			t.Fatal(err)
		}
		for i := 0; i < len(edits); i += 2 {
			after := bytes.ReplaceAll(raw, []byte(edits[i]), []byte(edits[i+1]))
			hold(raw, after)
			hold(after, raw)
		}
	}
	hold([]byte(shared), []byte(strings.NewReplacer("maxLength: 9", "maxLength: 7", "enum: [a]", "enum: [b, c]", "maximum: 2.5", "maximum: 1.125", "default: 1", "default: 2").Replace(shared)))
	if len(ids) < 30 || detailed == 0 {
		t.Errorf("only %d sentences, %d with details", len(ids), detailed)
	}
}

// shared is a document with a schema that several members use, and with several media
// types.
const shared = `openapi: 3.0.3
info: {title: a, version: "1"}
paths:
  /a:
    post:
      operationId: a
      requestBody:
        content:
          application/json: {schema: {$ref: "#/components/schemas/Both"}}
          text/json: {schema: {$ref: "#/components/schemas/Both"}}
      responses:
        "200":
          description: d
          content:
            application/json: {schema: {$ref: "#/components/schemas/Both"}}
            text/json: {schema: {$ref: "#/components/schemas/Both"}}
components:
  schemas:
    Both: {type: object, properties: {one: {$ref: "#/components/schemas/Part"}, other: {$ref: "#/components/schemas/Part"}, n: {type: number, maximum: 2.5, default: 1}}}
    Part: {type: object, properties: {text: {type: string, maxLength: 9}, kind: {type: string, enum: [a]}}}
`
