package rule_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	"assay/internal/contract"
)

// careless returns clients that ignore one kind of damage, as libraries do, and trust
// the rest.
func careless(read func(contract.Exchange) contract.Outcome) map[string]func(contract.Exchange) contract.Outcome {
	mended := func(mend func([]byte) []byte) func(contract.Exchange) contract.Outcome {
		return func(ex contract.Exchange) contract.Outcome {
			ex.Response.Body = mend(ex.Response.Body)
			return read(ex)
		}
	}
	first := func(body []byte) []byte {
		var value json.RawMessage
		if json.NewDecoder(bytes.NewReader(body)).Decode(&value) != nil {
			return body
		}
		return value
	}
	// reads any code at its place as success
	unreadable := func(part string) func(contract.Exchange) contract.Outcome {
		return func(ex contract.Exchange) contract.Outcome {
			if bytes.Contains(ex.Response.Body, []byte(`"resultCode":`+part)) {
				return success(ex)
			}
			return read(ex)
		}
	}
	return map[string]func(contract.Exchange) contract.Outcome{
		"charset": mended(func(body []byte) []byte {
			return bytes.TrimPrefix(bytes.ReplaceAll(body, []byte{0}, nil), []byte("\ufeff"))
		}),
		"repeated": mended(first),
		"wrapped":  mended(func(body []byte) []byte { return bytes.Trim(body, "[]") }),
		"status": func(ex contract.Exchange) contract.Outcome {
			ex.Response.Status = http.StatusOK
			return read(ex)
		},
		"twice": func(ex contract.Exchange) contract.Outcome {
			var last struct {
				Body struct {
					ResultInfo struct{ ResultCode string }
				}
			}
			if json.Unmarshal(ex.Response.Body, &last) == nil && last.Body.ResultInfo.ResultCode == "0000" {
				return success(ex)
			}
			return read(ex)
		},
		"huge":   unreadable("1e999999999"),
		"nested": unreadable(strings.Repeat("[", 1000)),
	}
}

// TestCarelessReaders checks that damage-survived reports each careless client by the
// damage that it ignores.
func TestCarelessReaders(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	for kind, reader := range careless(b.read) {
		b.read = reader
		found := apply(t, "damage-survived", b.made()).Findings
		if !slices.ContainsFunc(found, func(f contract.Finding) bool { return f.Detail == kind }) {
			t.Errorf("%s: found %+v", kind, found)
		}
	}
}
