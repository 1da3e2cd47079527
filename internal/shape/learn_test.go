package shape_test

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"assay/internal/shape"
)

// TestLearn_codes checks the codes that responses are learnt under.
func TestLearn_codes(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		of, body string
		status   int
		want     string
	}{
		{"paytring/createOrder", `{"status":true,"url":"x"}`, http.StatusOK, "200"},
		{"paytring/createOrder", `{"status":true,"url":"x"}`, http.StatusCreated, "201"},
		{"paytring/createOrder", `<html>`, http.StatusCreated, "none"},
		{"ipayments/initKyc", `{"status":"SUCCESS"}`, http.StatusOK, "uncoded"},
		{"ipayments/initKyc", `{"code":null}`, http.StatusOK, "uncoded"},
		{"ipayments/initKyc", `{"code":""}`, http.StatusOK, "uncoded"},
		{"ipayments/initKyc", `{"code":{"code":"0x0200"}}`, http.StatusOK, "uncoded"},
		{"ipayments/initKyc", `[]`, http.StatusOK, "uncoded"},
		{"ipayments/initKyc", `{"code":true}`, http.StatusOK, "true"},
		{"ipayments/initKyc", `{"code":"0x0299"}`, http.StatusOK, "0x0299"},
		{"ipayments/initKyc", `{"code":"1234567"}`, http.StatusOK, "1234567"},
		{"ipayments/initKyc", `{"code":"9812345678"}`, http.StatusOK, "other"},
		{"ipayments/initKyc", `{"code":"E98123456"}`, http.StatusOK, "other"},
		{"ipayments/initKyc", `{"code":"98123-45678"}`, http.StatusOK, "other"},
	} {
		provider, id, _ := strings.Cut(c.of, "/")
		o := operation(t, provider, id)
		ex := exchange(o, c.body)
		ex.Response.Status = c.status
		if got := slices.Collect(maps.Keys(shape.Learn(o, ex).Codes)); !slices.Equal(got, []string{c.want}) {
			t.Errorf("%s %d %s: learnt under %s, want %s", c.of, c.status, c.body, got, c.want)
		}
	}
}
