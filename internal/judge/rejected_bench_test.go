package judge_test

import (
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"testing"

	"assay/internal/catalog"
	"assay/internal/contract"
	"assay/internal/enginetest"
	"assay/internal/openapi"
)

// The names of what is wrong that the table has a column for.
const (
	undocumentedMember = "an undocumented member"
	threeFaults        = "an undocumented member, another type and an undocumented code"
)

// rejections breaks a conforming exchange in one way each, and in three at once: in the response with a
// member nobody documents, without one that is required, with one of another type
// and with a code nobody documents, and in the request with one of another type
// and without one that is required.
func rejections(b *testing.B, o *openapi.Operation, ex contract.Exchange) map[string]contract.Exchange {
	b.Helper()
	all := map[string]contract.Exchange{}
	add := func(name, side string, pointer contract.Pointer, kind string) {
		if pointer == "" {
			return // nothing of the kind is there
		}
		other := ex
		if before, there := all[name]; there {
			other = before // more is wrong with it
		}
		body := &other.Response.Body
		if side == "request" {
			body = &other.Request.Body
		}
		root, err := contract.Decode(*body)
		if err != nil {
			b.Fatal(err)
		}
		old, _ := contract.Lookup(root, pointer)
		changed, ok := mutated(*body, pointer, kind, old)
		if !ok {
			b.Fatalf("%s of %s cannot be made", name, o.Name())
		}
		*body = changed
		all[name] = other
	}
	responded := o.Responses[ex.Response.Status].Body
	add(undocumentedMember, "response", present(responded, ex.Response.Body, everything), "add")
	add("a missing member", "response", present(responded, ex.Response.Body, required), "drop")
	add("another type", "response", present(responded, ex.Response.Body, typed), "retype")
	for _, pointer := range o.Result.Code {
		if code, ok := contract.Raw(ex.Response.Body, pointer); ok {
			other := ex
			undocumented := json.RawMessage("987654321")
			if code[0] == '"' {
				undocumented = json.RawMessage(`"987654321"`)
			}
			other.Response.Body = contract.Replace(ex.Response.Body, pointer, undocumented)
			all["an undocumented code"] = other
		}
	}
	add("a missing member of the request", "request", present(o.Request, ex.Request.Body, required), "drop")
	add("another type in the request", "request", present(o.Request, ex.Request.Body, typed), "retype")
	if _, inBody := all["an undocumented code"]; !inBody { // the status is the code
		other := ex
		other.Response.Status = http.StatusTeapot
		all["an undocumented code"] = other
	}
	all[threeFaults] = all["an undocumented code"]
	add(threeFaults, "response", present(responded, ex.Response.Body, everything), "add")
	add(threeFaults, "response", present(responded, ex.Response.Body, func(m *openapi.Member) bool { return typed(m) && !slices.Contains(o.Result.Code, m.Pointer) }), "retype")
	return all
}

func everything(*openapi.Member) bool { return true }

func required(m *openapi.Member) bool { return m.Required }

func typed(m *openapi.Member) bool { return len(m.Types) == 1 }

// present finds the last member of a kind that is there, items of arrays apart;
// "": there is none.
func present(body *openapi.Body, raw []byte, of func(*openapi.Member) bool) contract.Pointer {
	members := body.Members()
	slices.Reverse(members)
	for _, m := range members {
		if _, there := contract.Raw(raw, m.Pointer); there && of(m) && !contract.HasWildcard(m.Pointer) {
			return m.Pointer
		}
	}
	return ""
}

// worst is how long the rejection takes that takes longest.
func (s *sample) worst(b *testing.B) (most float64) {
	b.Helper()
	for kind := range s.rejected {
		most = max(most, ratio(s.explained(b, kind), s.decoded(b)))
	}
	return most
}

// explained judges the exchange with one thing wrong.
func (s *sample) explained(b *testing.B, kind string) func() {
	b.Helper()
	ex := s.rejected[kind]
	return must(b, kind, func() bool { r, ok := s.judge.Judge(ex); return ok && len(r.Findings) > 0 })
}

// BenchmarkRejected judges exchanges that do not conform, each kind by itself,
// beside decoding the bodies of the conforming one.
func BenchmarkRejected(b *testing.B) {
	e := enginetest.LoadData(b, catalog.Embedded(), catalog.Options{})
	for _, name := range listed() {
		s := newSample(b, e, name)
		for _, kind := range slices.Sorted(maps.Keys(s.rejected)) {
			b.Run(name+"/"+kind, func(b *testing.B) {
				b.ReportAllocs()
				explained := s.explained(b, kind)
				for b.Loop() {
					explained()
				}
				b.ReportMetric(ratio(explained, s.decoded(b)), "×decode")
			})
		}
	}
}
