package main

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/onsi/ginkgo/v2"
	"github.com/onsi/ginkgo/v2/types"

	"assay/suites"
)

func TestGood(t *testing.T) {
	suites.Conform(t, "paytm", suites.ClientFunc(createOrder), suites.Concurrency(8))
}

// unsigned is a client that believes a success without a signature.
var unsigned = careless(func(_ []byte, response map[string]any, _ string) bool {
	return at(response, "body", "resultInfo", "resultCode") == "0000" && at(response, "head", "signature") == nil
})

func TestUnsigned(t *testing.T) {
	suites.Conform(t, "paytm", unsigned, suites.Concurrency(8))
}

// TestForged has a client that looks whether there is a signature, and does not verify it.
func TestForged(t *testing.T) {
	suites.Conform(t, "paytm", careless(func(_ []byte, response map[string]any, _ string) bool {
		signature, _ := at(response, "head", "signature").(string)
		return at(response, "body", "resultInfo", "resultCode") == "0000" && signature != ""
	}), suites.Concurrency(8))
}

// The sentences of TestGinkgo.
var _ = suites.Describe("paytm", unsigned, suites.Concurrency(8), suites.Skip("damage-survived", "not ready"))

// TestGinkgo shows what became of the sentences as subtests.
func TestGinkgo(t *testing.T) {
	ginkgo.ReportAfterSuite("sentences", func(r ginkgo.Report) {
		for _, one := range r.SpecReports {
			for _, entry := range one.ReportEntries {
				if entry.Visibility == ginkgo.ReportEntryVisibilityAlways {
					t.Run(entry.Name, func(*testing.T) {})
				}
			}
			names := one.ContainerHierarchyTexts
			if len(names) == 0 || len(one.LeafNodeLabels) == 0 {
				continue
			}
			t.Run(strings.TrimSuffix(names[len(names)-1], ":")+"/"+one.LeafNodeLabels[0], func(t *testing.T) {
				switch {
				case one.Failed():
					t.Error(one.FailureMessage())
				case one.State.Is(types.SpecStateSkipped):
					t.Skip(one.FailureMessage())
				}
			})
		}
	})
	ginkgo.RunSpecs(t, "shop")
}

// TestUnknownCodes has a client that looks at the status only, and so reads codes that no
// document has as a success.
func TestUnknownCodes(t *testing.T) {
	suites.Conform(t, "paytm", careless(func(raw []byte, response map[string]any, key string) bool {
		signature, _ := at(response, "head", "signature").(string)
		return verified(raw, key, signature)
	}), suites.Concurrency(8))
}

// careless returns the good client with a fault: what it reads as unknown is a success, if
// the status says so, there is a token, and believes says yes.
func careless(believes func(raw []byte, response map[string]any, key string) bool) suites.Client {
	return suites.ClientFunc(func(ctx context.Context, env suites.Environment, call suites.Call) (suites.Outcome, error) {
		var received []byte
		status := 0
		over, own := env.HTTP.Transport, *env.HTTP
		own.Transport = roundTripper(func(r *http.Request) (*http.Response, error) {
			response, err := over.RoundTrip(r)
			if err != nil {
				return nil, err
			}
			status = response.StatusCode
			received, err = io.ReadAll(response.Body)
			response.Body = io.NopCloser(bytes.NewReader(received))
			if err != nil {
				return nil, err
			}
			return response, nil
		})
		env.HTTP = &own
		outcome, err := createOrder(ctx, env, call)
		if err != nil || outcome.State != suites.Unknown {
			return outcome, err
		}
		response, err := parse(received)
		token, _ := at(response, "body", "txnToken").(string)
		code, _ := at(response, "body", "resultInfo", "resultCode").(string)
		good := err == nil && status == http.StatusOK && utf8.Valid(received) && at(response, "body", "resultInfo", "resultStatus") == "S"
		if good && token != "" && code != "" && believes(received, response, env.Credentials["merchantKey"]) {
			return suites.Outcome{State: suites.Succeeded, Retry: suites.Never, Code: code, Token: &suites.Token{Value: token}}, nil
		}
		return outcome, nil
	})
}

type roundTripper func(r *http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }
