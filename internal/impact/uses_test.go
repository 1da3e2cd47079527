package impact_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"slices"
	"testing"
	"time"

	"assay/internal/adapter"
	"assay/internal/contract"
	"assay/internal/drift"
	"assay/internal/engine"
	"assay/internal/enginetest"
	"assay/internal/impact"
	"assay/internal/openapi"
	"assay/internal/redact"
	"assay/internal/route"
	"assay/internal/shape"
	"assay/internal/signature"
)

// TestMain panics if a test uses the network.
func TestMain(m *testing.M) { enginetest.Main(m) }

// TestRefuses checks which texts an adapter reads as unknown.
func TestRefuses(t *testing.T) {
	t.Parallel()
	e := enginetest.Load(t)
	ours := impact.New(e.Catalog)
	for _, c := range []struct {
		provider, operation, code string
		pointer                   contract.Pointer
		format                    string
		want                      bool
	}{
		{"paytm", "createOrder", "0000", "/head/signature", "empty", true},
		{"paytm", "createOrder", "0000", "/head/signature", "text", true},
		{"ipayments", "createOrder", "0x0200", "/data/url", "empty", true},
		{"ipayments", "createOrder", "0x0200", "/data/url", "text", true},
		{"ipayments", "createOrder", "0x0200", "/data/url", "uri", true},
		{"enkash", "createOrder", "0", "/payload/orderId", "empty", true},
		{"enkash", "createOrder", "0", "/payload/orderId", "word", false},
		{"ipayments", "createOrder", "0x0200", "/data/url", "https-uri", false},
		{"paytm", "createOrder", "0000", "/body/txnToken", "word", false},
		{"ipayments", "createOrder", "0x0200", "/message", "empty", false},
		{"ipayments", "createOrder", "0x0200", "/nowhere", "empty", false},
	} {
		if got := ours.Uses(e.Spec(c.provider).Operation(c.operation)).Refuses(c.code, c.pointer, c.format); got != c.want {
			t.Errorf("%+v: %t", c, got)
		}
	}
}

// TestUses deletes every member of every recorded and documented response. If the
// outcome changes, the uses must give the member the right weight. Every member in the
// uses must change an outcome, here or when the uses were learnt.
func TestUses(t *testing.T) {
	t.Parallel()
	e := enginetest.Load(t)
	ours := impact.New(e.Catalog)
	for _, s := range e.Specs {
		for _, o := range s.Operations {
			t.Run(o.Name(), func(t *testing.T) {
				t.Parallel()
				uses := ours.Uses(o)
				a := adapter.New(s, contract.Setup{Credentials: s.TestCredentials(), Now: time.Now})
				if !a.Speaks(o.ID) {
					if !uses.Documented {
						t.Errorf("%s has no adapter, and uses of one", o.Name())
					}
					return
				}
				changed := map[contract.Pointer]bool{}
				for _, response := range samples(t, e, o.Name()) {
					response.Body = signature.Sign(o.Sign.Response, response.Body, s.TestCredentials(), signature.Zeros{})
					met, ok := o.ResultCode(response)
					if !ok {
						continue
					}
					was := a.Operation(o.ID).Read(contract.Exchange{Response: response})
					for _, pointer := range pointers(t, response.Body) {
						without := response
						without.Body = removed(t, response.Body, pointer)
						if o.Sign.Response == nil || pointer != o.Sign.Response.At {
							without.Body = signature.Sign(o.Sign.Response, without.Body, s.TestCredentials(), signature.Zeros{})
						}
						is := a.Operation(o.ID).Read(contract.Exchange{Response: without})
						if same(was, is) {
							continue
						}
						changed[pointer] = true
						is.Message = was.Message
						want := drift.Decides
						if same(was, is) {
							want = drift.Shows
						}
						if got := uses.By(met.Code, pointer, drift.Gone); got < want {
							t.Errorf("%s %s: the outcome changes without %s, and its weight is %d, want %d", o.Name(), met.Code, pointer, got, want)
						}
					}
				}
				for pointer := range uses.Members[""] {
					if uses.Of("", pointer) > drift.Read || changed[pointer] {
						continue
					}
					t.Errorf("%s: the uses list %s, but no change of it changes an outcome", o.Name(), pointer)
				}
				var codes []string
				for _, row := range o.Codes {
					if row.Variant == "" && row.SeenIn != "" && row.State == contract.Unknown {
						continue // a code without a known meaning is in no table
					}
					for _, name := range []string{row.Code, row.Name()} { // the same without a variant
						if !slices.Contains(codes, name) {
							codes = append(codes, name)
						}
					}
				}
				for _, code := range uses.Codes {
					if !slices.Contains(codes, code) {
						t.Errorf("%s: the adapter's table has %s, the specification does not", o.Name(), code)
					}
				}
				if len(uses.Codes) != len(codes) || !uses.Status || len(changed) == 0 {
					t.Errorf("%s: %d codes of %d, status %t, %d members", o.Name(), len(uses.Codes), len(codes), uses.Status, len(changed))
				}
			})
		}
	}
}

// TestUses_headers reads responses by one header and not by another.
func TestUses_headers(t *testing.T) {
	t.Parallel()
	o := enginetest.Load(t).Spec("ipayments").Operation("initKyc")
	printed, _ := o.Example("0x0200")
	response := contract.Response{Status: http.StatusOK, Header: http.Header{"Content-Type": {"application/json"}, "X-State": {"done"}}, Body: printed.Body}
	for name, want := range map[string][]string{"X-State": {"x-state"}, "X-Other": nil} {
		uses := impact.LearnUses(o, response, func(response contract.Response) contract.Outcome {
			if response.Header.Get(name) == "" {
				return contract.Outcome{State: contract.Unknown}
			}
			return contract.Outcome{State: contract.Succeeded}
		})
		if !slices.Equal(uses.Headers, want) {
			t.Errorf("%s: headers %q, want %q", name, uses.Headers, want)
		}
	}
	if response.Header.Get("X-State") == "" {
		t.Error("the original response has changed")
	}
}

// responses returns the documented and the recorded responses.
func samples(t *testing.T, e *engine.Engine, name string) []contract.Response {
	t.Helper()
	var all []contract.Response
	for _, c := range e.Fixtures.Cases {
		if c.Provider()+"/"+c.Operation() != name || c.Fault != "" {
			continue
		}
		play := e.Play(t.Context(), c)
		if play.Err != nil {
			t.Fatal(play.Err)
		}
		all = append(all, play.Exchange.Response)
	}
	for _, s := range e.Specs {
		for _, o := range s.Operations {
			for _, row := range o.Codes {
				if example, ok := o.Example(row.Code); ok && o.Name() == name {
					all = append(all, contract.Response{Status: example.HTTP, Header: http.Header{}, Body: example.Body})
				}
			}
		}
	}
	return all
}

func same(a, b contract.Outcome) bool {
	if a.Token != nil && b.Token != nil && *a.Token == *b.Token {
		b.Token = a.Token
	}
	return a == b
}

// pointers returns the members of the objects of a body.
func pointers(t *testing.T, body []byte) []contract.Pointer {
	t.Helper()
	value, err := contract.Decode(body)
	if err != nil {
		t.Fatal(err)
	}
	var all []contract.Pointer
	var below func(value any, pointer contract.Pointer)
	below = func(value any, pointer contract.Pointer) {
		object, _ := value.(map[string]any)
		for name, member := range object {
			at := pointer.AppendToken(name)
			all = append(all, at)
			below(member, at)
		}
	}
	below(value, "")
	return all
}

func removed(t *testing.T, body []byte, pointer contract.Pointer) []byte {
	t.Helper()
	root, err := contract.Decode(body)
	if err != nil {
		t.Fatal(err)
	}
	above, _ := contract.Lookup(root, pointer.Parent())
	object, _ := above.(map[string]any)
	delete(object, pointer.LastToken())
	raw, err := json.Marshal(root)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// TestBaseline compares the accepted shapes with the cassettes: each operation has one,
// as Marshal writes it, and no case has drifted.
func TestBaseline(t *testing.T) {
	t.Parallel()
	e := enginetest.Load(t)
	was, err := impact.Baseline(e.Catalog)
	if err != nil {
		t.Fatal(err)
	}
	is := e.LearnCases(t.Context(), e.Fixtures.Cases, nil)
	again := enginetest.Load(t)
	for name, s := range again.LearnCases(t.Context(), again.Fixtures.Cases, nil).Shapes {
		x, _ := shape.Marshal(s)
		if y, _ := shape.Marshal(is.Shapes[name]); !bytes.Equal(x, y) {
			t.Errorf("%s: two runs learn different shapes", name)
		}
	}
	changes, compared := impact.New(e.Catalog).Drift(was, is.Shapes)
	if is.Why != nil || compared != len(was) || compared < 6 {
		t.Errorf("%d operations compared, %v", compared, is.Why)
	}
	for _, c := range changes {
		t.Errorf("%s %s %s %s: %s; `assay drift cases --accept --data .` accepts it", c.Impact, c.Operation, c.Code, c.At, c.Message)
	}
}

// TestBaseline_hidden searches the accepted shapes for every value of a recorded
// exchange that the specification marks secret or personal.
func TestBaseline_hidden(t *testing.T) {
	t.Parallel()
	e := enginetest.Load(t)
	shapes, err := impact.Baseline(e.Catalog)
	if err != nil {
		t.Fatal(err)
	}
	checked := 0
	for _, c := range e.Fixtures.Cases {
		o := e.Spec(c.Provider()).Operation(c.Operation())
		raw, err := shape.Marshal(shapes[o.Name()])
		if err != nil {
			t.Fatal(err)
		}
		redact.Texts(route.Template{}, *e.Play(t.Context(), c).Exchange, func(place contract.Place, text string) {
			at := place.General()
			member := slices.IndexFunc(o.Places(), func(p openapi.MemberAt) bool { return p.At == at && p.Sensitive() })
			if member < 0 || len(text) < 5 || text == "string" { // a sample prints the type in place of a value
				return
			}
			if checked++; bytes.Contains(raw, []byte(text)) {
				t.Errorf("%s: the shape has the value at %s", c.Name, place)
			}
		})
	}
	if checked < 100 {
		t.Errorf("only %d values were checked", checked)
	}
}
