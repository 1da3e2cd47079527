package adapter_test

import (
	"bytes"
	"testing"

	"pgregory.net/rapid"

	"assay/internal/contract"
)

// TestDamageByChance damages responses at several random places and signs some again. The
// outcome has to follow from what is left.
func TestDamageByChance(t *testing.T) {
	t.Parallel()
	every := wholes(t)
	rapid.Check(t, func(t *rapid.T) {
		w := every[rapid.IntRange(0, len(every)-1).Draw(t, "whole")]
		response := w.response
		for range rapid.IntRange(1, 4).Draw(t, "edits") {
			response.Body = nicked(t, response.Body)
		}
		if rapid.Bool().Draw(t, "signed again") {
			response.Body = w.signed(response.Body)
		}
		if rapid.IntRange(0, 4).Draw(t, "luck") == 0 {
			response.Status = rapid.SampledFrom([]int{100, 204, 302, 400, 401, 429, 500, 502, 503, 504}).Draw(t, "HTTP status")
		}
		if wrong := honest(w.spec, w.op, response, w.read(response)); wrong != "" {
			t.Fatalf("%s, as %q: %s", w.name(), response.Body, wrong)
		}
	})
}

// nicked changes a body at one place: it adds, removes or changes a byte, removes or repeats
// a part, or inserts JSON.
func nicked(t *rapid.T, body []byte) []byte {
	if len(body) == 0 {
		return body
	}
	from := rapid.IntRange(0, len(body)-1).Draw(t, "from")
	to := min(len(body), from+rapid.IntRange(0, 24).Draw(t, "length"))
	piece := rapid.SampledFrom([]string{
		"", "0", "1", " ", `"`, "{", "}", "[", "]", ",", ":", "null", "true", "false", `{"a":1}`, "\\", "\xff", "-", ".", "e", string(body[from:to]),
	}).Draw(t, "piece")
	return bytes.Join([][]byte{body[:from], body[to:]}, []byte(piece))
}

// TestDamageIsFound replaces each adapter by a reader that ignores the response. Each kind
// of damage shows the fault, so each is needed.
func TestDamageIsFound(t *testing.T) {
	t.Parallel()
	for i, kind := range kinds() {
		found := false
		for _, w := range wholes(t) {
			for d := range kind(w) {
				found = found || honest(w.spec, w.op, d.response, w.read(w.response)) != ""
			}
		}
		if !found {
			t.Errorf("damage of kind %d shows no fault of a reader that ignores the response", i+1)
		}
	}
}

// TestHonest finds each kind of fault in an outcome.
func TestHonest(t *testing.T) {
	t.Parallel()
	for _, w := range wholes(t) {
		good := w.read(w.response)
		for name, change := range map[string]func(*contract.Outcome){
			"another state": func(o *contract.Outcome) { o.State = different(o.State) },
			"another retry": func(o *contract.Outcome) { o.Retry = other(o.Retry) },
			"unknown, with a token": func(o *contract.Outcome) {
				*o = contract.UnknownOutcome()
				o.Token = &contract.Token{Value: "x"}
			},
			"unknown, with a URL": func(o *contract.Outcome) {
				*o = contract.UnknownOutcome()
				o.RedirectURL = "https://x.example.com"
			},
			"unknown, and may be sent again": func(o *contract.Outcome) {
				*o = contract.UnknownOutcome()
				o.Retry = contract.SameReference
			},
		} {
			got := good
			change(&got)
			if honest(w.spec, w.op, w.response, got) == "" {
				t.Errorf("%s: no fault is found with %s", w.name(), name)
			}
		}
		if wrong := honest(w.spec, w.op, w.response, good); wrong != "" {
			t.Errorf("%s: %s", w.name(), wrong)
		}
	}
}

func different(s contract.State) contract.State {
	if s == contract.Succeeded {
		return contract.Pending
	}
	return contract.Succeeded
}

func other(a contract.Retry) contract.Retry {
	if a == contract.Never {
		return contract.SameReference
	}
	return contract.Never
}
