package contract_test

import (
	"testing"

	"assay/internal/contract"
)

// TestPlaceGlob_Check takes every place that a finding can have, and refuses what is
// mistyped.
func TestPlaceGlob_Check(t *testing.T) {
	t.Parallel()
	for _, p := range []contract.Place{
		"", contract.AnswerStatus, contract.RequestBody("/a b"), contract.Query("mid"), contract.Query(""), contract.OutsidePlace("specs/paytm.yaml:7"),
		contract.Places(contract.AnswerStatus, contract.AnswerBody("/resultInfo")),
		contract.Places(contract.AnswerType, contract.AnswerBody("/resultInfo"), contract.RequestMethod),
		contract.AnswerRoot.Of("createOrder"), "request#/*", "answer.*",
	} {
		g := contract.PlaceGlob(p)
		if err := g.Check(); err != nil || !g.Covers(p) {
			t.Errorf("%q: %v, covers it: %t", g, err, g.Covers(p))
		}
	}
	for _, wrong := range []contract.PlaceGlob{"request#body", "answer.statuss", "request.header.", "answer.status answer.statuss", "answer.status ", "request#/["} {
		if err := wrong.Check(); err == nil {
			t.Errorf("%q is taken", wrong)
		}
	}
}
