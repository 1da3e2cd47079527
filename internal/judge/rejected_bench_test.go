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

// The faults that have a column in the table.
const (
	undocumentedMember = "an undocumented member"
	threeFaults        = "an undocumented member, another type and an undocumented code"
)

// rejections makes exchanges with one fault, and one with three. The faults of responses
// are an undocumented member, a missing one, one of the wrong type and an undocumented
// code; those of requests are a missing member and one of the wrong type.
func rejections(b *testing.B, o *openapi.Operation, ex contract.Exchange) map[string]contract.Exchange {
	b.Helper()
	all := map[string]contract.Exchange{}
	add := func(name, side string, pointer contract.Pointer, kind string) {
		if pointer == "" {
			return // there is no such member
		}
		other := ex
		if before, there := all[name]; there {
			other = before // with more faults
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

// present returns the last member of a kind in a body, without items of arrays; "" if there
// is none.
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

// worst returns the time of the slowest rejection.
func (s *sample) worst(b *testing.B) (most float64) {
	b.Helper()
	for kind := range s.rejected {
		most = max(most, ratio(s.explained(b, kind), s.decoded(b)))
	}
	return most
}

// explained judges an exchange with one fault.
func (s *sample) explained(b *testing.B, kind string) func() {
	b.Helper()
	ex := s.rejected[kind]
	return must(b, kind, func() bool { r, ok := s.judge.Judge(ex); return ok && len(r.Findings) > 0 })
}

// BenchmarkRejected measures judging exchanges with each fault, and decoding the bodies of
// the conforming exchange.
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
