package engine

import (
	"context"
	"fmt"

	"assay/internal/contract"
	"assay/internal/fixed"
	"assay/internal/fixture"
	"assay/internal/signature"
	"assay/internal/transport"
)

// Request makes the request that a case sends, patch and signature included.
func (e *Engine) Request(ctx context.Context, c *contract.Case) (contract.Request, contract.Token, error) {
	return e.request(ctx, e.Resolve(c))
}

func (e *Engine) request(ctx context.Context, r *Resolved) (contract.Request, contract.Token, error) {
	ask := contract.Call{Input: r.Input, Options: r.Case.Options}
	if r.Case.After != "" {
		before := e.Play(ctx, e.Fixtures.Case(r.Case.After))
		if before.Err != nil {
			return contract.Request{}, ask.Token, fmt.Errorf("after %s: %w", r.Case.After, before.Err)
		}
		ask.After = before.Exchange
	}
	if a := r.Operation.Authorization; a != nil && a.IssuedBy != "" {
		token, err := e.token(ctx, r)
		if err != nil {
			return contract.Request{}, ask.Token, err
		}
		ask.Token = token
	}
	made, err := r.Ask.Request(ask)
	if err != nil {
		return contract.Request{}, ask.Token, err
	}
	request, err := transport.Freeze(made)
	if err != nil {
		return contract.Request{}, ask.Token, err
	}
	if len(r.Case.Send) > 0 {
		request, err = r.changed(request)
	}
	if forge := r.Negative.Forge; forge != nil {
		request.Body = forge(request.Body, r.Asking)
	}
	return request, ask.Token, err
}

// changed applies the patch of a case. A signature that still stands is computed
// again where the body was touched, unless the case says not to.
func (r *Resolved) changed(request contract.Request) (contract.Request, error) {
	changed, body, err := fixture.Apply(r.Case.Send, request)
	if err != nil {
		return request, fmt.Errorf("%s: %w", r.Case.File, err)
	}
	if body && r.Case.Resign {
		changed.Body = signature.Sign(r.Operation.Sign.Request, changed.Body, r.Asking, fixed.Random(r.Case.Name+" again"))
	}
	return changed, nil
}

// token obtains a token by playing the issuing operation: the first of its
// cases that asks plainly and is expected to succeed.
func (e *Engine) token(ctx context.Context, r *Resolved) (contract.Token, error) {
	issuer := r.Spec.Operation(r.Operation.Authorization.IssuedBy)
	for _, c := range e.Fixtures.Cases {
		if issuer == nil || c.Provider() != r.Spec.Provider || c.Operation() != issuer.ID || len(c.Send) > 0 || c.After != "" {
			continue
		}
		if row := issuer.Code(c.Want.Code); row == nil || row.State != contract.Succeeded {
			continue
		}
		issuing := e.resolved(c)
		play := e.played(ctx, issuing)
		if play.Err != nil {
			return contract.Token{}, fmt.Errorf("the token from %s: %w", c.Name, play.Err)
		}
		read := issuing.Read.Read(*play.Exchange)
		if read.Token == nil {
			return contract.Token{}, fmt.Errorf("the token from %s: the adapter reads none in its response, which it takes for %s", c.Name, read.State)
		}
		return *read.Token, nil
	}
	return contract.Token{}, fmt.Errorf("%s needs a token from %s, and no case there succeeds", r.Operation.Name(), r.Operation.Authorization.IssuedBy)
}
