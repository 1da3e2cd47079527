package conform_test

import (
	"context"
	"crypto/tls"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"assay/internal/conform"
	"assay/internal/contract"
	"assay/internal/engine"
	"assay/internal/enginetest"
	"assay/internal/fixed"
	"assay/internal/protocol"
	"assay/internal/transport"
)

// adapterClient is an adapter of this repository as a client under test.
type adapterClient struct {
	engine *engine.Engine
	change func(call protocol.Call, o *contract.Outcome)
}

func (a adapterClient) Hello() protocol.Hello {
	return protocol.Hello{Name: "adapter", Protocol: protocol.Version, Concurrency: 8}
}

func (a adapterClient) Close() error { return nil }

func (a adapterClient) Do(ctx context.Context, call protocol.Call) (protocol.Reply, error) {
	provider, operation, _ := strings.Cut(call.Operation, "/")
	o := a.engine.Adapter(provider, contract.Setup{
		BaseURL: call.BaseURL, Credentials: call.Credentials, Now: func() time.Time { return call.Now }, Random: fixed.Random(call.ID),
	}).Operation(operation)
	ask := contract.Call{Input: call.Input, Options: call.Options}
	if call.Token != nil {
		ask.Token = *call.Token
	}
	made, err := o.Request(ask)
	var refused *contract.RefusedError
	if errors.As(err, &refused) {
		return protocol.Reply{ID: call.ID, Refused: true}, nil
	}
	if err != nil {
		return protocol.Reply{}, err
	}
	request, err := transport.Freeze(made)
	if err != nil {
		return protocol.Reply{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, 300*time.Millisecond)
	defer cancel()
	ex, err := transport.Send(ctx, &http.Transport{DisableKeepAlives: true, TLSClientConfig: &tls.Config{MinVersion: tls.VersionTLS12}}, request)
	if err != nil {
		return protocol.Reply{ID: call.ID, Errored: true, Outcome: contract.UnknownOutcome()}, nil
	}
	read := o.Read(ex)
	if a.change != nil {
		a.change(call, &read)
	}
	return protocol.Reply{ID: call.ID, Outcome: read}, nil
}

func TestAdapters(t *testing.T) {
	t.Parallel()
	e := enginetest.Load(t)
	s := conform.New(e, conform.Options{Client: adapterClient{engine: e}, Timeout: 5 * time.Second})
	r := s.Run(t.Context(), e.Fixtures.Cases, contract.Error, "test", nil)
	for _, result := range r.Results {
		if result.Verdict != contract.Pass {
			t.Errorf("%s: %s: %s", result.Case, result.Verdict, result.Why)
		}
		for _, f := range result.Findings {
			if f.Counts() && f.Severity == contract.Error {
				t.Errorf("%s: %s at %s: %v", result.Case, f.Rule, f.At, f.Message)
			}
		}
	}
}
