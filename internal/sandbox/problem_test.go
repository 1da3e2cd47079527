package sandbox_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"testing/fstest"

	"assay/internal/contract"
	"assay/internal/openapi"
	"assay/internal/sandbox"
	"assay/specs"
)

// problem is the body of a refusal for which the documents list no code.
type problem struct {
	Title, Detail string
	Status        int
	Faults        []string
}

// refusal sends a request that must be refused without a result code, and returns the faults.
func (w *world) refusal(provider string, r contract.Request) []string {
	w.t.Helper()
	response, err := w.ask(provider, r)
	if err != nil {
		w.t.Fatal(err)
	}
	var p problem
	if err := json.Unmarshal(response.Body, &p); err != nil || response.Status != http.StatusBadRequest || p.Status != http.StatusBadRequest ||
		response.Header.Get("Content-Type") != "application/problem+json" || !strings.Contains(p.Detail, "list no result code for this") {
		w.t.Errorf("responds %d %v %s", response.Status, response.Header, response.Body)
	}
	return p.Faults
}

// TestProblem refuses what is wrong even if the documents list no code for it. It says
// everything that is wrong, and no value.
func TestProblem(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sandbox.Options{})
	r := w.recorded("enkash/createToken/accepted")
	r.Body = []byte(`{"accessKey":"","secretKey":7,"canary":"canary"}`)
	faults := strings.Join(w.refusal("enkash", r), "\n")
	if faults != "request#/accessKey: must have at least 1 character\nrequest#/secretKey: is an integer, not a string" {
		t.Errorf("%s", faults)
	}
	r.Body = []byte(`{}`)
	r.Header.Del("API-Key")
	if faults := strings.Join(w.refusal("enkash", r), "\n"); !strings.Contains(faults, "the header API-Key is missing, and the body does not have both accessKey and secretKey") {
		t.Errorf("%s", faults)
	}
}

// TestMediaTypes refuses JSON that is sent as something else, with the documented code if
// there is one. A lenient sandbox accepts it.
func TestMediaTypes(t *testing.T) {
	t.Parallel()
	for _, lenient := range []bool{false, true} {
		w := newWorld(t, sandbox.Options{Lenient: lenient})
		for name, refused := range map[string]string{"enkash/createToken": "", "ipayments/createOrder": "0x0203", "ipayments/initKyc": "0x0203", "paytm/createOrder": "1001", "paytring/createOrder": "400"} {
			provider, _, _ := strings.Cut(name, "/")
			_, o := w.op(name)
			for _, kind := range []string{"application/x-www-form-urlencoded", "text/plain", "text/plain; charset=utf-8", "application/xml", ""} {
				r := w.recorded(name + "/accepted")
				if r.Header.Set("Content-Type", kind); kind == "" {
					r.Header.Del("Content-Type")
				}
				if !lenient && refused == "" {
					if faults := w.refusal(provider, r); len(faults) != 1 || faults[0] != "request.header.content-type: the media type is not application/json" {
						t.Errorf("%s as %s: %q", name, kind, faults)
					}
					continue
				}
				response, err := w.ask(provider, r)
				if err != nil {
					t.Fatal(err)
				}
				result, _ := o.ResultCode(response)
				if result.Row == nil || (result.Row.State == contract.Succeeded || result.Row.State == contract.Duplicate) != lenient || !lenient && result.Row.Code != refused {
					t.Errorf("%s as %q, lenient %t: %d %s", name, kind, lenient, response.Status, response.Body)
				}
			}
		}
	}
}

// TestRepeated refuses a parameter or a media type that stands twice, as the rules do. A
// parameter is refused by a lenient sandbox too.
func TestRepeated(t *testing.T) {
	t.Parallel()
	query := func(r *contract.Request) { r.URL.RawQuery += "&mid=another" }
	header := func(name string) func(*contract.Request) {
		return func(r *contract.Request) { r.Header.Add(name, r.Header.Get(name)) }
	}
	for _, c := range []struct {
		name, code, fault string
		lenient           bool
		repeat            func(*contract.Request)
	}{
		{name: "paytm/createOrder", code: "1001", repeat: query},
		{name: "paytm/createOrder", code: "1001", repeat: query, lenient: true},
		{name: "paytm/createOrder", code: "1001", repeat: header("Content-Type")},
		{name: "enkash/createToken", fault: "request.header.content-type: the header Content-Type stands more than once", repeat: header("Content-Type")},
		{name: "ipayments/createOrder", code: "0x0200", repeat: header("Accept")}, // a list may have several lines
	} {
		w := newWorld(t, sandbox.Options{Lenient: c.lenient})
		r := w.recorded(c.name + "/accepted")
		c.repeat(&r)
		provider, _, _ := strings.Cut(c.name, "/")
		if c.fault != "" {
			if faults := w.refusal(provider, r); len(faults) != 1 || faults[0] != c.fault {
				t.Errorf("%s: %q", c.name, faults)
			}
			continue
		}
		response, err := w.ask(provider, r)
		if err != nil {
			t.Fatal(err)
		}
		_, o := w.op(c.name)
		if result, _ := o.ResultCode(response); result.Row == nil || result.Row.Code != c.code {
			t.Errorf("%s, lenient %t: %d %s; expected %s", c.name, c.lenient, response.Status, response.Body, c.code)
		}
	}
}

// TestWithoutCodes takes the code for a wrong authorization or signature out of a table: a
// request without either is refused all the same.
func TestWithoutCodes(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ file, when, without, with, fault string }{
		"authorization": {"ipayments.yaml", `        when: authentication == "missing" || authentication == "invalid"` + "\n", "", "", "request.header.authorization: the Authorization header is missing"},
		"signature":     {"paytm.yaml", `        when: signature == "invalid" || (merchant.checksum && signature == "missing")` + "\n", `"signature":"`, `"signature":"A`, "request#/head/signature: the signature is invalid"},
	} {
		raw, err := specs.Files.ReadFile(c.file)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Contains(raw, []byte(c.when)) {
			t.Fatalf("%s: %s is not in %s", name, c.when, c.file)
		}
		s, err := openapi.Load(fstest.MapFS{c.file: {Data: bytes.Replace(raw, []byte(c.when), nil, 1)}}, c.file)
		if err != nil {
			t.Fatal(err)
		}
		w := serving(t, []*openapi.Spec{s}, sandbox.Options{})
		r := w.recorded(s.Provider + "/createOrder/accepted")
		if r.Header.Del("Authorization"); c.without != "" {
			r.Body = bytes.Replace(r.Body, []byte(c.without), []byte(c.with), 1)
		}
		if faults := w.refusal(s.Provider, r); len(faults) != 1 || faults[0] != c.fault {
			t.Errorf("%s: %q", name, faults)
		}
	}
}

// TestResponseType serves a response with the media type of the specification.
func TestResponseType(t *testing.T) {
	t.Parallel()
	raw, err := specs.Files.ReadFile("ipayments.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for documented, want := range map[string]string{"application/json": "application/json", "application/vnd.example+json": "application/vnd.example+json"} {
		head, responses, _ := strings.Cut(string(raw), "\n      responses:\n")
		edited := head + "\n      responses:\n" + strings.Replace(responses, "            application/json:\n", "            "+documented+":\n", 1)
		s, err := openapi.Load(fstest.MapFS{"ipayments.yaml": {Data: []byte(edited)}}, "ipayments.yaml")
		if err != nil {
			t.Fatal(err)
		}
		w := serving(t, []*openapi.Spec{s}, sandbox.Options{})
		response, err := w.ask("ipayments", w.recorded("ipayments/createOrder/accepted"))
		if err != nil || response.Header.Get("Content-Type") != want {
			t.Errorf("%s: served as %v, %v: %s", documented, response.Header["Content-Type"], err, response.Body)
		}
	}
}
