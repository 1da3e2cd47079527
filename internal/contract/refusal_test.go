package contract_test

import (
	"errors"
	"strings"
	"testing"

	"assay/internal/contract"
)

func field(err error) string {
	var r *contract.RefusedError
	if !errors.As(err, &r) {
		return ""
	}
	return r.Field
}

// TestReadable finds the text that is not UTF-8 wherever it stands in an ask.
func TestReadable(t *testing.T) {
	t.Parallel()
	const broken = "canary\xff"
	good := contract.Ask{Order: &contract.Order{Reference: "R", Billing: &contract.Address{City: "आ"}, Notes: map[string]string{"a": "b"}}}
	if err := contract.Readable("p", good); err != nil {
		t.Error(err)
	}
	for want, ask := range map[string]contract.Ask{
		"order.reference":         {Order: &contract.Order{Reference: broken}},
		"order.amount.currency":   {Order: &contract.Order{Amount: contract.Money{Currency: broken}}},
		"order.customer.lastName": {Order: &contract.Order{Customer: contract.Customer{LastName: broken}}},
		"order.shipping.city":     {Order: &contract.Order{Shipping: &contract.Address{City: broken}}},
		"order.notes":             {Order: &contract.Order{Notes: map[string]string{"a": broken}}},
		"order.notes#name":        {Order: &contract.Order{Notes: map[string]string{broken: "a"}}},
		"kyc.pan":                 {KYC: &contract.KYC{PAN: broken}},
	} {
		want, _, _ = strings.Cut(want, "#")
		err := contract.Readable("p", ask)
		if field(err) != want || strings.Contains(err.Error(), "canary") {
			t.Errorf("%s: %v", want, err)
		}
	}
}

func TestDecodeOptions(t *testing.T) {
	t.Parallel()
	type options struct {
		Name  string
		Inner struct{ Count int8 }
		Any   map[string]any
	}
	for text, want := range map[string]string{
		`{"name":"a"}`: "", "": "", `{"nome":"canary"}`: "options", `{"inner":{"count":300}}`: "options.Inner.Count",
		`{"inner":{"count":"canary"}}`: "options.Inner.Count", `[]`: "options", `null`: "options", `{"name":"a"} canary`: "options",
		`{"name":"a","name":"canary"}`: "options", `{"name":"canary`: "options",
	} {
		err := contract.DecodeOptions("p", []byte(text), &options{})
		if field(err) != want || (err == nil) != (want == "") {
			t.Errorf("%s: %v, want a refusal of %q", text, err, want)
		}
		if err != nil && (strings.Contains(err.Error(), "canary") || strings.Contains(err.Error(), "300")) {
			t.Errorf("a value stands in %v", err)
		}
	}
	var o options
	if err := contract.DecodeOptions("p", []byte(`{"any":{"n":12345678901234567890}}`), &o); err != nil {
		t.Fatal(err)
	}
	if text, _ := contract.Text(o.Any["n"]); text != "12345678901234567890" {
		t.Errorf("a number became %q", text)
	}
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	for text, mail := range map[string]bool{"": true, "a@b.example": true, "a": false, "A <a@b.example>": false, "a@b.example\n": false} {
		r := contract.Refusals{Provider: "p"}
		if r.Email(text, "f"); (r.Err() == nil) != mail {
			t.Errorf("Email(%q): %v", text, r.Err())
		}
	}
	r := contract.Refusals{Provider: "p"}
	r.OneOf("", "f", "", "A")
	r.OneOf("A", "f", "", "A")
	if r.Err() != nil {
		t.Error(r.Err())
	}
	r.OneOf("canary", "f", "", "A", "B")
	if err := r.Err(); err == nil || err.Error() != "p: f is none of A, B" {
		t.Error(err)
	}
}
