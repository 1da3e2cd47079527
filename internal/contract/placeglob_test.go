package contract_test

import (
	"testing"

	"assay/internal/contract"
)

// TestPlaceGlob_Check accepts every place that a finding can have, and refuses
// misspelled ones.
func TestPlaceGlob_Check(t *testing.T) {
	t.Parallel()
	for _, p := range []contract.Place{
		"", contract.ResponseStatus, contract.RequestBody("/a b"), contract.Query("mid"), contract.Query(""), contract.OutsidePlace("specs/paytm.yaml:7"),
		contract.OutsidePlace("paytm/createOrder/0000"), contract.OutsidePlace("cassettes/a/b.yaml#1"), contract.OutsidePlace("w.yaml:3"),
		contract.Places(contract.ResponseStatus, contract.ResponseBody("/resultInfo")),
		contract.Places(contract.ResponseType, contract.ResponseBody("/resultInfo"), contract.RequestMethod),
		contract.ResponseRoot.Of("createOrder"), "request#/*", "response.*",
	} {
		g := contract.PlaceGlob(p)
		if err := g.Check(); err != nil || !g.Covers(p) {
			t.Errorf("%q: %v, covers it: %t", g, err, g.Covers(p))
		}
	}
	for _, wrong := range []contract.PlaceGlob{"request#body", "response.statuss", "request.header.", "response.status response.statuss", "response.status ", "request#/[", "nonsense", "%%", "respons#/body", "createOrder response.statuss"} {
		if err := wrong.Check(); err == nil {
			t.Errorf("%q is taken", wrong)
		}
	}
}
