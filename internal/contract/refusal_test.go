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

// TestInputOf_texts checks that a text that is not UTF-8 is found in every field of an
// input.
func TestInputOf_texts(t *testing.T) {
	t.Parallel()
	const invalid = "canary\xff"
	good := contract.Call{Input: &contract.Order{Reference: "R", Billing: &contract.Address{City: "आ"}, Notes: map[string]string{"a": "b"}}}
	if o, err := contract.InputOf[contract.Order]("p", "order", good); err != nil || o.Reference != "R" {
		t.Error(o, err)
	}
	for want, ask := range map[string]contract.Call{
		"order.reference":         {Input: &contract.Order{Reference: invalid}},
		"order.amount.currency":   {Input: &contract.Order{Amount: contract.Money{Currency: invalid}}},
		"order.customer.lastName": {Input: &contract.Order{Customer: contract.Customer{LastName: invalid}}},
		"order.shipping.city":     {Input: &contract.Order{Shipping: &contract.Address{City: invalid}}},
		"order.notes":             {Input: &contract.Order{Notes: map[string]string{"a": invalid}}},
		"order.notes#name":        {Input: &contract.Order{Notes: map[string]string{invalid: "a"}}},
		"kyc.pan":                 {Input: &contract.KYC{PAN: invalid}},
	} {
		want, _, _ = strings.Cut(want, "#")
		_, err := contract.InputOf[contract.Order]("p", "order", ask)
		if _, kyc := ask.Input.(*contract.KYC); kyc {
			_, err = contract.InputOf[contract.KYC]("p", "kyc", ask)
		}
		if field(err) != want || strings.Contains(err.Error(), "canary") {
			t.Errorf("%s: %v", want, err)
		}
	}
}

// TestInputOf checks that a call without the input of the operation is refused.
func TestInputOf(t *testing.T) {
	t.Parallel()
	var none *contract.Order
	for name, ask := range map[string]contract.Call{"nothing": {}, "a nil order": {Input: none}, "another": {Input: &contract.KYC{}}} {
		if o, err := contract.InputOf[contract.Order]("p", "order", ask); o != nil || err == nil || err.Error() != "p: order is missing" {
			t.Errorf("%s: %v, %v", name, o, err)
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

// TestRefusals keeps the first reason.
func TestRefusals(t *testing.T) {
	t.Parallel()
	r := contract.RefusalCollector{Provider: "p"}
	if r.Unless(true, "f", "is missing"); r.Err() != nil {
		t.Error(r.Err())
	}
	r.Unless(false, "f", "is missing")
	r.Unless(false, "g", "is missing")
	if err := r.Err(); err == nil || err.Error() != "p: f is missing" {
		t.Error(err)
	}
}
