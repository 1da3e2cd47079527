package openapi_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"assay/internal/openapi"
	"assay/internal/testsize"
)

// TestWhatCannotBeEnforced: a schema that could not be enforced is an error of the
// document, with file and line.
func TestWhatCannotBeEnforced(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ schema, want string }{
		"a format with a typo":           {"{type: string, format: emial, x-doc: a}", "/format: value must be one of 'byte', 'date'"},
		"a format of other tools":        {"{type: number, format: double, x-doc: a}", "/format: value must be one of 'byte', 'date'"},
		"a format of another version":    {"{type: string, format: uri-reference, x-doc: a}", "/format: value must be one of"},
		"a format in upper case":         {"{type: string, format: UUID, x-doc: a}", "/format: value must be one of"},
		"a format inside another schema": {"{x-doc: a, anyOf: [{type: string}, {type: array, items: {type: string, format: password}}]}", "/format: value must be one of"},
		"a text format of a number":      {"{type: integer, format: date, x-doc: a}", "the format date is for strings, not for the type integer"},
		"a number format of a string":    {"{type: string, format: int64, x-doc: a}", "the format int64 is for the types integer and number, not for string"},
		"a format of an object":          {"{type: object, format: uuid, x-doc: a}", "the format uuid is for strings"},
		"white space of ECMA":            {`{type: string, pattern: '^\s+$', x-doc: a}`, `RE2 reads \s otherwise`},
		"a pattern inside not":           {`{type: string, not: {pattern: '\S'}, x-doc: a}`, `RE2 reads \S otherwise`},
		"flags":                          {`{type: string, pattern: '(?i)a', x-doc: a}`, "flags"},
		"lookahead":                      {`{type: string, pattern: '(?=a)', x-doc: a}`, "lookahead"},
		"an anchor of RE2":               {`{type: string, pattern: 'a\z', x-doc: a}`, `\z`},
		"a multiple of nothing":          {"{type: number, multipleOf: 0, x-doc: a}", "/multipleOf: exclusiveMinimum"},
		"a negative multiple":            {"{type: number, multipleOf: -0.01, x-doc: a}", "/multipleOf: exclusiveMinimum"},
		"a limit beyond float64":         {"{type: number, maximum: 1e400, x-doc: a}", "maximum: the number is too large"},
		"a limit of a million zeros":     {"{type: number, minimum: 1e-1000000, x-doc: a}", "minimum: the number is too large"},
		"a length with a fraction":       {"{type: string, maxLength: 5.0, x-doc: a}", "maxLength: 5.0 is not an integer"},
		"a length beyond all texts":      {"{type: string, maxLength: 18446744073709551616, x-doc: a}", "maxLength: 18446744073709551616 is not an integer"},
		"an exclusive limit of nothing":  {"{type: number, exclusiveMinimum: true, x-doc: a}", "exclusiveMinimum has no effect without minimum"},
		"a limit as a number":            {"{type: number, exclusiveMaximum: 5, x-doc: a}", "/exclusiveMaximum"},
		"a list of nothing":              {"{type: array, x-doc: a}", "the type array needs items"},
		"a default of another type":      {"{type: integer, default: x, x-doc: a}", "default"},
		"a default that is too long":     {"{type: string, maxLength: 1, default: xx, x-doc: a}", "default"},
		"a name twice":                   {"{type: string, type: integer, x-doc: a}", `the name "type" is there twice`},
		"a number of YAML":               {"{type: integer, maximum: 1_000, x-doc: a}", "1_000 is not a JSON number"},
		"itself":                         {"&a {type: string, x-doc: a, enum: [*a]}", "the alias *a is inside its own anchor"},
		"a keyword of a later version":   {"{type: string, const: a, x-doc: a}", "'const' not allowed"},
	} {
		document := with(t, paytm(t), "{type: string, x-doc: ExtendInfo / udf1}", c.schema)
		_, err := load(document)
		if want := "specs/paytm.yaml:" + lineOf(document, c.schema) + ": "; err == nil || !strings.HasPrefix(err.Error(), want) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v; want %s and %q in it", name, err, want, c.want)
		}
	}
}

// TestSchemasInThemselves: a schema that contains itself for the same value would be
// checked for ever. Inside members and items it may contain itself.
func TestSchemasInThemselves(t *testing.T) {
	t.Parallel()
	ref := func(name string) string { return `{$ref: "#/components/schemas/` + name + `"}` }
	for name, c := range map[string]struct {
		schemas string
		valid   bool
	}{
		"allOf":                {"Self: {allOf: [" + ref("Self") + "]}", false},
		"allOf beside others":  {"Self: {type: object, x-doc: a, allOf: [{type: object}, " + ref("Self") + "]}", false},
		"anyOf":                {"Self: {anyOf: [{type: string}, " + ref("Self") + "]}", false},
		"oneOf":                {"Self: {oneOf: [" + ref("Self") + ", {type: string}]}", false},
		"not":                  {"Self: {not: " + ref("Self") + "}", false},
		"not in not":           {"Self: {not: {not: " + ref("Self") + "}}", false},
		"a reference":          {"Self: " + ref("Self"), false},
		"references":           {"Self: " + ref("Other") + "\n    Other: " + ref("Self"), false},
		"allOf of another":     {"Self: {allOf: [" + ref("Other") + "]}\n    Other: {anyOf: [{type: string}, " + ref("Self") + "]}", false},
		"a circle behind":      {"Self: {allOf: [" + ref("Other") + "]}\n    Other: {allOf: [" + ref("Other") + "]}", false},
		"a member":             {"Self: {type: object, x-doc: a, properties: {next: " + ref("Self") + "}}", true},
		"items":                {"Self: {type: object, x-doc: a, properties: {all: {type: array, x-doc: b, items: " + ref("Self") + "}}}", true},
		"a map":                {"Self: {type: object, x-doc: a, additionalProperties: " + ref("Self") + "}", true},
		"a member of a form":   {"Self: {oneOf: [{type: string}, {type: object, properties: {next: " + ref("Self") + "}}]}", true},
		"a member of allOf":    {"Self: {allOf: [{type: object, properties: {next: {x-doc: a, allOf: [" + ref("Self") + "]}}}]}", true},
		"not inside a member":  {"Self: {type: object, properties: {next: {x-doc: a, not: " + ref("Self") + "}}}", true},
		"twice, not in itself": {"Self: {allOf: [" + ref("Other") + ", " + ref("Other") + "]}\n    Other: {type: object}", true},
	} {
		document := with(t, paytm(t), "  schemas:\n", "  schemas:\n    "+c.schemas+"\n")
		document = with(t, document, "udf1: {type: string, x-doc: ExtendInfo / udf1}", "udf1: {x-doc: ExtendInfo / udf1, allOf: ["+ref("Self")+"]}")
		s, err := load(document)
		if c.valid {
			if err != nil {
				t.Errorf("%s: %v", name, err)
				continue
			}
			s.Faults()
			if err := openapi.Compile(s); err != nil {
				t.Errorf("%s: %v", name, err)
			}
			s.Prepare()
			continue
		}
		if err == nil || !strings.HasPrefix(err.Error(), "specs/paytm.yaml:") || !strings.Contains(err.Error(), "contains itself") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestLoadErrorsHaveLines damages a document line by line. Whatever is wrong, the error
// has file and line.
func TestLoadErrorsHaveLines(t *testing.T) {
	t.Parallel()
	good := paytm(t)
	lines := strings.Split(good, "\n")
	located := regexp.MustCompile(`^specs/paytm\.yaml:[1-9][0-9]*: .`)
	refused, every := 0, 58
	if testsize.Full() {
		every = 29
	}
	if testsize.Long() {
		every = 1
	}
	for i := range lines {
		if i%every != 0 {
			continue
		}
		for name, damage := range map[string]func(line string) string{
			"left out":            func(string) string { return "" },
			"without value":       func(line string) string { before, _, _ := strings.Cut(line, ": "); return before + ":" },
			"another value":       func(line string) string { before, _, _ := strings.Cut(line, ": "); return before + ": [7]" },
			"a control character": func(line string) string { return line + "\x01" },
			"a tab":               func(line string) string { return "\t" + line },
			"twice":               func(line string) string { return line + "\n" + line },
		} {
			document := strings.Join(append(append(append([]string{}, lines[:i]...), damage(lines[i])), lines[i+1:]...), "\n")
			_, err := load(document)
			if err == nil {
				continue
			}
			refused++
			for _, text := range strings.Split(err.Error(), "\n") {
				if !located.MatchString(text) {
					t.Errorf("line %d, %s: %q", i+1, name, text)
				}
			}
		}
	}
	if refused < 60 {
		t.Errorf("only %d damaged documents are refused", refused)
	}
}

// TestFaultsOfTheLibrary: what only the OpenAPI library finds has a line too.
func TestFaultsOfTheLibrary(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ old, replacement, line string }{
		"no parameter of the path": {"  /aoa-acquiring-biz/v2/order:\n", "  /aoa-acquiring-biz/v2/order/{id}:\n", "/aoa-acquiring-biz/v2/order/{id}:"},
		"a parameter twice":        {"      parameters:\n", "      parameters:\n        - {name: mid, in: query, schema: {type: string}, x-doc: a}\n        - {name: mid, in: query, schema: {type: string}, x-doc: a}\n", "operationId: createOrder"},
		"bytes that are not UTF-8": {"info:\n", "info:\n  # \xff\n", "\xff"},
	} {
		document := with(t, paytm(t), c.old, c.replacement)
		_, err := load(document)
		if err == nil || !strings.HasPrefix(err.Error(), fmt.Sprintf("specs/paytm.yaml:%s: ", lineOf(document, c.line))) {
			t.Errorf("%s: %v; want line %s", name, err, lineOf(document, c.line))
		}
	}
}
