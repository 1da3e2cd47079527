package adapter_test

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"assay/internal/adapter"
	"assay/internal/contract"
	"assay/internal/openapi"
	"assay/internal/report"
	"assay/internal/rule"
	"assay/internal/signature"
	"assay/internal/transport"
)

// bench is an operation with its adapter and the limits of all its members.
type bench struct {
	operation
	spec   *openapi.Spec
	op     *openapi.Operation
	limits []limits
	t      testing.TB
}

func benches(t *testing.T) map[string]bench {
	t.Helper()
	every, loaded := map[string]bench{}, all(t)
	for name, o := range operations(t) {
		provider, id, _ := strings.Cut(name, "/")
		b := bench{operation: o, t: t}
		for _, s := range loaded {
			if s.Provider == provider {
				b.spec, b.op = s, s.Operation(id)
			}
		}
		d := read(t, provider)
		for _, m := range o.Members {
			b.limits = append(b.limits, d.of(t, id, m.At))
		}
		every[name] = b
	}
	return every
}

// TestBenches expects that every operation of every provider has a bench.
func TestBenches(t *testing.T) {
	t.Parallel()
	every := benches(t)
	for _, s := range all(t) {
		for _, o := range s.Operations {
			if every[o.Name()].op == nil {
				t.Errorf("%s has no bench", o.Name())
			}
		}
	}
}

func (b bench) request(a contract.Call) (*http.Request, error) {
	return adapter.New(b.spec, setup(b.spec)).Operation(b.op.ID).Request(a)
}

// blank returns a call with nothing but what every call has.
func (b bench) blank() *asked {
	a := &asked{member: b.Input, options: map[string]any{}}
	if a.member != "" {
		a.Input = input(b.t, a.member)
	}
	if b.Amounts != nil {
		a.set(a.member+".amount", contract.Money{Minor: 100, Currency: "INR"})
	}
	if b.op.Authorization != nil && b.op.Authorization.IssuedBy != "" {
		a.Token = contract.Token{Value: "abcdef1234567890"}
	}
	return a
}

// allowed draws a call that the documents allow, and returns its values by place.
func (b bench) allowed(t *rapid.T) (*asked, map[contract.Pointer]string) {
	a, put := b.blank(), map[contract.Pointer]string{}
	for i, m := range b.Members {
		l := b.limits[i]
		needed := m.Always || l.required
		if !needed && rapid.Bool().Draw(t, m.Field+" left out") {
			continue
		}
		v := good(m, l).Draw(t, m.Field)
		a.set(m.Field, v)
		if v != "" {
			put[m.At] = v
		}
	}
	if b.Amounts == nil {
		return a, put
	}
	amount := rapid.OneOf(
		rapid.Int64Range(1, 200), rapid.Int64Range(1, 1e7), rapid.Int64Range(1, 1e9), rapid.Int64Range(1, 1e11), rapid.Int64Min(1),
		rapid.SampledFrom([]int64{1, 99, 100, 101, 999, 1000, 999_999, 1_000_000, 1_000_050, 9_999_990, 999_999_900, 100_000_000_000, 1<<53 + 1, 1<<63 - 1}),
	).Filter(b.fits).Draw(t, "amount")
	a.set(a.member+".amount.minor", amount)
	if b.Notes.At != "" && rapid.Bool().Draw(t, "with notes") {
		names := texts(1, 20)
		if b.Notes.Named != nil {
			names = rapid.SampledFrom(b.Notes.Named)
		}
		noted := rapid.MapOfN(names, texts(0, 0), 1, 5).Draw(t, "notes")
		a.set(a.member+".notes", noted)
		for name, note := range noted {
			put[b.Notes.At.AppendToken(name)] = note
		}
	}
	return a, put
}

// TestAllowed makes requests from calls that the documents allow. They are not refused,
// conform, and contain the values of the call.
func TestAllowed(t *testing.T) {
	t.Parallel()
	for name, b := range benches(t) {
		t.Run(strings.ReplaceAll(name, "/", "_"), func(t *testing.T) {
			t.Parallel()
			rapid.Check(t, func(t *rapid.T) {
				a, put := b.allowed(t)
				made, err := b.request(a.ask())
				if err != nil {
					t.Fatalf("refused: %v", err)
				}
				b.conforms(t, a.ask(), made, put)
			})
		})
	}
}

// conforms applies every rule about requests, as for a case with this call.
func (b bench) conforms(t *rapid.T, a contract.Call, made *http.Request, put map[contract.Pointer]string) {
	request, err := transport.Freeze(made)
	if err != nil {
		t.Fatal(err)
	}
	if b.spec.Match(request.Method, request.URL) != b.op {
		t.Fatalf("sends %s %s", request.Method, request.URL.Path)
	}
	own := b.spec.TestCredentials()
	p := &rule.Subject{
		Spec: b.spec, Operation: b.op, Case: &contract.Case{Name: b.op.Name() + "/drawn", Input: a.Input, Options: a.Options},
		View: openapi.NewView(b.op, contract.Exchange{Request: request}, own, map[string]bool{"checksum": true}),
	}
	p.View.Signature = signature.State(b.op.Sign.Request, request.Body, own)
	p.View.Authentication = rule.Authentication(b.op, request, own, a.Token, setup(b.spec).Now())
	for _, r := range rule.For(p) {
		if r.Family != "request" {
			continue
		}
		applied := rule.Apply(r, p)
		if applied.Inconclusive != nil && r.ID != "person-carried" { // not every order has personal data
			t.Fatalf("%s is inconclusive: %s", r.ID, applied.Inconclusive.ID)
		}
		for _, f := range applied.Findings {
			if id, _, _ := strings.Cut(f.Detail, " "); f.Severity == contract.Error || !slices.Contains(b.Departs, id) {
				t.Fatalf("%s: %s\n%s", r.ID, report.Sentence(f.Message), request.Body)
			}
		}
	}
	b.carries(t, a, p.View, put)
}

// carries compares the values of a call with those in the request.
func (b bench) carries(t *rapid.T, a contract.Call, x *openapi.View, put map[contract.Pointer]string) {
	for pointer, want := range put {
		value, _ := contract.Lookup(x.RequestBody(), pointer)
		got, _ := value.(string)
		joined := slices.ContainsFunc(b.Members, func(m member) bool { return m.At == pointer && m.Joined })
		if got != want && (!joined || !strings.HasPrefix(got, strings.TrimSpace(want))) {
			t.Fatalf("%s is %q, want %q", pointer, got, want)
		}
	}
	for _, p := range b.op.Parameters {
		if p.Means == "reference" && !slices.Equal(p.Values(x.Exchange.Request), a.Input.References()) {
			t.Fatalf("%s is not the reference", p.Place())
		}
	}
}

// TestAnything makes random calls. The adapter makes a request that conforms, or refuses.
func TestAnything(t *testing.T) {
	t.Parallel()
	for name, b := range benches(t) {
		t.Run(strings.ReplaceAll(name, "/", "_"), func(t *testing.T) {
			t.Parallel()
			rapid.Check(t, func(t *rapid.T) {
				a := b.blank()
				for i, m := range b.Members {
					a.set(m.Field, b.any(t, i).Draw(t, m.Field))
				}
				made, err := b.request(a.ask())
				var r *contract.RefusedError
				if errors.As(err, &r) && r.Field != "" && r.Provider == b.spec.Provider {
					return
				}
				if err != nil {
					t.Fatalf("neither a request nor a refusal: %v", err)
				}
				b.conforms(t, a.ask(), made, nil)
			})
		})
	}
}

// any draws a text for a member: mostly an allowed one, so that not every call is refused,
// else an empty, unusual or forbidden one.
func (b bench) any(t *rapid.T, i int) *rapid.Generator[string] {
	m, l := b.Members[i], b.limits[i]
	switch rapid.IntRange(0, 29).Draw(t, m.Field+" as") {
	case 1:
		return rapid.Just("")
	case 2:
		return texts(0, 0)
	case 3:
		if spoilt := bad(m, l); spoilt != nil {
			return spoilt
		}
	}
	return good(m, l)
}
