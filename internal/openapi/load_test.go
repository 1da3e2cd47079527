package openapi_test

import (
	"errors"
	"io/fs"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

	"assay/internal/openapi"
	"assay/internal/report"
	"assay/specs"
)

// paytm returns a valid document to edit.
func paytm(t *testing.T) string {
	t.Helper()
	raw, err := fs.ReadFile(specs.Files, "paytm.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

// with replaces the first occurrence of a text, which must exist.
func with(t *testing.T, document, old, replacement string) string {
	t.Helper()
	if !strings.Contains(document, old) {
		t.Fatalf("the document does not contain %q", old)
	}
	return strings.Replace(document, old, replacement, 1)
}

func load(document string) (*openapi.Spec, error) {
	return openapi.Load(fstest.MapFS{"paytm.yaml": {Data: []byte(document)}}, "paytm.yaml")
}

// lineOf returns the number of the line that has a text.
func lineOf(document, text string) string {
	before, _, _ := strings.Cut(document, text)
	return strconv.Itoa(strings.Count(before, "\n") + 1)
}

// TestUnreadableDocuments makes the document unreadable in every way. The error has
// file, line and what was expected.
func TestUnreadableDocuments(t *testing.T) {
	t.Parallel()
	good := paytm(t)
	for name, c := range map[string]struct{ old, replacement, want string }{
		"not YAML":                 {"info:\n", "info: [\n", "specs/paytm.yaml:"},
		"a keyword with a typo":    {"maxLength: 50", "maxLenght: 50", "additional properties 'maxLenght' not allowed"},
		"an unknown outcome":       {"outcome: duplicate", "outcome: dupe", "value must be one of"},
		"an unquoted code":         {`code: "324"`, "code: 324", "got number, want string"},
		"a hexadecimal number":     {`code: "324"`, "code: 0x0324", "0x0324 is not a JSON number"},
		"an alias in itself":       {"info:\n", "x-note: &a [*a]\ninfo:\n", "the alias *a is inside its own anchor"},
		"aliases that multiply":    {"info:\n", "x-a: &a [" + strings.Repeat("abcdefghij, ", 100) + "]\nx-b: &b [" + strings.Repeat("*a, ", 100) + "]\nx-c: &c [" + strings.Repeat("*b, ", 100) + "]\nx-d: [" + strings.Repeat("*c, ", 100) + "]\ninfo:\n", "more than 64 MB when its aliases are expanded"},
		"a server without scheme":  {"url: https://stage-router.paytm.in", "url: stage-router.paytm.in", "/servers/0/url: 'stage-router.paytm.in' does not match"},
		"a server without host":    {"url: https://stage-router.paytm.in", "url: https:///theia", "/servers/0/url"},
		"a server with a query":    {"url: https://stage-router.paytm.in", "url: https://stage-router.paytm.in?a=b", "/servers/0/url"},
		"a tag with a typo":        {"minLength: 1", "minLength: !!imt 1", "the tag !!imt gives a value a type that JSON does not have"},
		"a tag of a program":       {"info:\n", "info: !paytm\n", "the tag !paytm gives a value"},
		"a dangling $ref":          {`$ref: "#/components/schemas/Money"`, `$ref: "#/components/schemas/Monie"`, "$ref #/components/schemas/Monie has no target"},
		"an ambiguity without why": {"          why: a list of possible values is an enumeration, even with one value\n", "", "missing property 'why'"},
		"another OpenAPI":          {"openapi: 3.0.3", "openapi: 3.1.0", "/openapi"},
		"beside a $ref":            {"          x-doc: GoodsInfo / price", "          $ref: \"#/components/schemas/Money\"\n          x-doc: GoodsInfo / price", "maxProperties"},
		"a place that is none":     {"at: request#/body/orderId", "at: body.orderId", "/at"},
		"lenient with a typo":      {"lenient: {enum: [Payment]}", "lenient: {enums: [Payment]}", "additional properties 'enums' not allowed"},
		"lenient in CEL":           {"lenient: {enum: [Payment]}", `lenient: self == "Payment"`, "x-ambiguities/15/lenient"},
		"lenient of no schema":     {"lenient: {enum: [Payment]}", `lenient: {$ref: "#/components/schemas/Kind"}`, "$ref #/components/schemas/Kind has no target"},
		"x-keep as a text":         {`udf1: {type: string, x-doc: ExtendInfo / udf1}`, `udf1: {type: string, x-keep: "yes", x-doc: ExtendInfo / udf1}`, "udf1/x-keep: got string, want boolean"},
		"a pattern that is none":   {`pattern: '^[A-Za-z0-9@_.-]*$'`, `pattern: '^[A-Z'`, "cannot be enforced: a character class has no closing ]"},
	} {
		_, err := load(with(t, good, c.old, c.replacement))
		if err == nil || !strings.Contains(err.Error(), "specs/paytm.yaml") || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v; want specs/paytm.yaml and %q in it", name, err, c.want)
		}
	}
	for _, url := range []string{"HTTPS://STAGE-ROUTER.PAYTM.IN", "http://127.0.0.1:8080/v1", "https://[::1]:8443/"} {
		if _, err := load(with(t, good, "url: https://stage-router.paytm.in", `url: "`+url+`"`)); err != nil {
			t.Errorf("%s: %v", url, err)
		}
	}
	for name, document := range map[string]string{"an empty file": "", "a list": "- a\n", "a text": "hello"} {
		if _, err := load(document); err == nil || !strings.Contains(err.Error(), "specs/paytm.yaml") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestInvalidExpressions puts an error in an expression of each kind. The document
// loads; Compile returns the error with file and line, and Faults has it too.
func TestInvalidExpressions(t *testing.T) {
	t.Parallel()
	good := paytm(t)
	for name, c := range map[string]struct{ old, replacement, want, fault string }{
		"a typo":               {"when: known(request.body.body.orderId)", "when: know(request.body.body.orderId)", "CEL: undeclared reference to 'know'", "in-when"},
		"no question":          {"required: merchant.checksum", `required: '"yes"'`, "must return a boolean", "in-signature"},
		"no expression":        {"rule: request.query.mid == request.body.body.mid", "rule: request.query.mid ==", "CEL: Syntax error", "in-rule"},
		"a strict with a typo": {"strict: {type: object}", "strict: sefl.size() > 0", "CEL: undeclared reference to 'sefl'", "in-strict"},
	} {
		document := with(t, good, c.old, c.replacement)
		s, err := load(document)
		if err != nil {
			t.Errorf("%s: %v; want the error from Compile", name, err)
			continue
		}
		want := "specs/paytm.yaml:" + lineOf(document, c.replacement) + ": "
		for who, err := range map[string]error{"the document": s.Compile(), "all documents": openapi.Compile(s), "the operation": s.Operations[0].Compile()} {
			var invalid *openapi.ExpressionsError
			if !errors.As(err, &invalid) || !strings.HasPrefix(err.Error(), want) || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\n") {
				t.Errorf("%s: %s: %v; want one line, %s, and %q in it", name, who, err, want, c.want)
			}
		}
		if !slices.ContainsFunc(s.Faults(), func(f openapi.Fault) bool {
			where := f.Message.Args.Get("where")
			return f.Message.Template.ID == "fault.does-not-compile" && where.Message().Template.ID == "fault."+c.fault
		}) {
			t.Errorf("%s: no fault says that %s does not compile", name, c.fault)
		}
	}
}

func TestFaultsHaveLines(t *testing.T) {
	t.Parallel()
	document := with(t, paytm(t), "maxLength: 50", "maxLenght: 50")
	document = with(t, document, "outcome: duplicate", "outcome: dupe")
	_, err := load(document)
	if err == nil {
		t.Fatal("loaded")
	}
	for _, text := range []string{"outcome: dupe"} {
		if want := "specs/paytm.yaml:" + lineOf(document, text) + ":"; !strings.Contains(err.Error(), want) {
			t.Errorf("want %q in\n%v", want, err)
		}
	}
	if !strings.Contains(err.Error(), "maxLenght") {
		t.Errorf("only the first fault is reported: %v", err)
	}
}

// TestFaults makes the document contradict itself in every way that examine looks for.
func TestFaults(t *testing.T) {
	t.Parallel()
	good := paytm(t)
	for name, c := range map[string]struct{ old, replacement, want string }{
		"required without property": {"required: [resultStatus, resultCode, resultMsg]", "required: [resultStatus, resultCod, resultMsg]", "response#/body/resultInfo/resultCod is required, but no property has that name"},
		"x-keep on a secret":        {`udf1: {type: string, x-doc: ExtendInfo / udf1}`, `udf1: {type: string, x-keep: true, x-secret: true, x-doc: ExtendInfo / udf1}`, "extendInfo/udf1 has x-keep, and x-secret or x-personal"},
		"x-keep of a list":          {`udf1: {type: string, x-doc: ExtendInfo / udf1}`, `udf1: {type: string, x-keep: true, enum: [a], x-doc: ExtendInfo / udf1}`, "extendInfo/udf1 has x-keep, which changes nothing there"},
		"no x-doc":                  {`udf1: {type: string, x-doc: ExtendInfo / udf1}`, `udf1: {type: string}`, "extendInfo/udf1 needs x-doc"},
		"expression with a typo":    {"rule: request.query.mid == request.body.body.mid", "rule: request.query.mid == request.body.body.mld", "rule mid-agrees names request.body.body.mld"},
		"query with a typo":         {"when: request.query.orderId !=", "when: request.query.orderld !=", "names request.query.orderld"},
		"below an item":             {`has(m.mode) && m.mode == "EMI"`, `has(m.mode) && m.node == "EMI"`, "names request.body.body.enablePaymentMode.*.node"},
		"credential with a typo":    {"credentials.mid", "credentials.mit", "names credentials.mit"},
		"switch with a typo":        {"required: merchant.checksum", "required: merchant.checksumm", "names merchant.checksumm"},
		"violation with a typo":     {`violation.path == "body->orderId"`, `violation.pth == "body->orderId"`, "names violation.pth"},
		"code twice":                {`code: "2222"`, `code: "1007"`, "code 1007 is listed twice"},
		"no example":                {`                "324":`, `                "325":`, "code 324 has no example response"},
		"example of no code":        {`resultCode: "324"`, `resultCode: "325"`, "the example for 324 has no code of the table"},
		"example of another code":   {`resultCode: "324"`, `resultCode: "501"`, "the example for 324 has the code 501"},
		"example with a status":     {`resultStatus: F, resultCode: "324"`, `resultStatus: S, resultCode: "324"`, "the status in the example for 324 is not that of the table"},
		"example against schema":    {`resultStatus: F, resultCode: "324"`, `resultStatus: X, resultCode: "324"`, "the example for 324: response#/body/resultInfo/resultStatus is not one of"},
		"example undocumented":      {`extraParamsMap: {}`, `extraParams: {}`, "the example for 501: response#/body/extraParams is not documented"},
		"property example":          {`example: "9988000000"`, `example: "998800000"`, "the example of request#/body/userInfo/mobile does not match the pattern"},
		"equivalent of no code":     {`equivalent: [["1001", "1011"]`, `equivalent: [["1001", "1111"]`, "equivalent names code 1111"},
		"result nowhere":            {"code: /body/resultInfo/resultCode", "code: /body/resultInfo/code", "x-result names response#/body/resultInfo/code"},
		"ambiguity nowhere":         {"at: request#/body/orderId", "at: request#/body/ordersId", "ambiguity C5 is at request#/body/ordersId"},
		"held by nothing":           {"          held: [code-expected]\n", "", "ambiguity C6 has neither strict nor held"},
		"ambiguity twice":           {"- id: C18", "- id: C17", "ambiguity C17 is defined twice"},
		"lenient of a response":     {"at: request#/body/requestType", "at: response#/body/resultInfo/resultMsg", "ambiguity C16 has lenient, but no place in a request"},
		"signature nowhere":         {"at: /head/signature\n          over: /body\n          key: merchantKey\n          required", "at: /head/sign\n          over: /body\n          key: merchantKey\n          required", "x-signature names request#/head/sign"},
		"unknown key":               {"key: merchantKey", "key: merchantkey", "the key of x-signature, merchantkey,"},
		"seen nowhere":              {"retry: after-inquiry\n        x-doc: Response Codes & Messages / 501", "retry: after-inquiry\n        seen: C99\n        x-doc: Response Codes & Messages / 501", "seen of code 501 names the ambiguity C99"},
		"status of no response":     {"message: System Error\n        outcome", "message: System Error\n        http: 500\n        outcome", "code 501 has HTTP 500"},
	} {
		s, err := load(with(t, good, c.old, c.replacement))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		var all []string
		for _, f := range s.Faults() {
			all = append(all, report.Sentence(f.Message))
		}
		if !strings.Contains(strings.Join(all, "\n"), c.want) {
			t.Errorf("%s: the faults are %q; want %q", name, all, c.want)
		}
	}
}

func TestNoFaults(t *testing.T) {
	t.Parallel()
	all, err := openapi.LoadAll(specs.Files)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range all {
		for _, f := range s.Faults() {
			t.Errorf("%s:%d: %s", s.File, f.Line, report.Sentence(f.Message))
		}
	}
}

func TestNoSpecs(t *testing.T) {
	t.Parallel()
	if _, err := openapi.LoadAll(fstest.MapFS{}); err == nil {
		t.Error("an empty folder loads")
	}
	_, err := openapi.LoadAll(fstest.MapFS{"a.yaml": {Data: []byte("a: [")}, "b.yaml": {Data: []byte("b: [")}})
	if err == nil || !strings.Contains(err.Error(), "specs/a.yaml") || !strings.Contains(err.Error(), "specs/b.yaml") {
		t.Errorf("two invalid files: %v", err)
	}
}
