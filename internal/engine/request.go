package engine

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"time"

	"assay/internal/contract"
	"assay/internal/fixed"
	"assay/internal/fixture"
	"assay/internal/openapi"
	"assay/internal/rule"
	"assay/internal/signature"
	"assay/internal/transport"
)

// Request returns the request of a case, with its patch and signature. It plays the cases
// that the request needs: the one it follows and the one that issues its token.
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
		token, _, err := e.Token(ctx, r)
		if err != nil {
			return contract.Request{}, ask.Token, err
		}
		ask.Token = token
	}
	made, err := r.Sender.Request(ask)
	if err != nil {
		return contract.Request{}, ask.Token, err
	}
	request, err := transport.Freeze(made)
	if err != nil {
		return contract.Request{}, ask.Token, err
	}
	if len(r.Case.Send) > 0 {
		request, err = e.patch(r, ask, request)
	}
	if forge := r.Negative.Forge; forge != nil {
		request = forge(request, r.CallCredentials)
	}
	return request, ask.Token, err
}

// patch applies the patch of a case. If it changes the body, the signature is computed
// again, unless the case says not to.
func (e *Engine) patch(r *Resolved, ask contract.Call, request contract.Request) (contract.Request, error) {
	send, err := e.possible(r, ask, request)
	if err != nil {
		return request, fmt.Errorf("%s: %w", r.Case.File, err)
	}
	changed, body, err := fixture.Apply(r.Operation.Template(), send, request, r.Operation.Request.FormTypes())
	if err != nil {
		return request, fmt.Errorf("%s: %w", r.Case.File, err)
	}
	if s := r.Operation.Sign.Request; s != nil && r.Case.Resign && (body || s.Outside != "") {
		changed = signature.ResignRequest(s, changed, r.CallCredentials, r.Now(), fixed.Random(r.Case.Name+" again"))
	}
	return changed, nil
}

// possible returns the patch of a case. Without a credential that may be left out, the
// request lacks members that the patch may remove or replace.
func (e *Engine) possible(r *Resolved, ask contract.Call, request contract.Request) (json.RawMessage, error) {
	all := maps.Clone(r.CallCredentials)
	for _, c := range r.Spec.Credentials {
		if c.Optional && all[c.Name] == "" {
			all[c.Name] = c.Test
		}
	}
	if maps.Equal(all, r.CallCredentials) {
		return r.Case.Send, nil
	}
	made, err := e.Sender(r.Case, e.setup(r, all)).Request(ask)
	if err != nil {
		return nil, err
	}
	whole, err := transport.Freeze(made)
	if err != nil {
		return nil, err
	}
	return fixture.Possible(r.Operation.Template(), r.Case.Send, request, whole)
}

// Token gets a token from the issuing operation, and returns the exchange. It plays the first case that has no
// patch, follows no other, and is expected to succeed.
func (e *Engine) Token(ctx context.Context, r *Resolved) (contract.Token, contract.Exchange, error) {
	issuer := r.Spec.Operation(r.Operation.Authorization.IssuedBy)
	for _, c := range e.Fixtures.Cases {
		if issuer == nil || c.Provider() != r.Spec.Provider || c.Operation() != issuer.ID || len(c.Send) > 0 || c.After != "" {
			continue
		}
		if row := issuer.Code(c.Want.Row()); row == nil || row.State != contract.Succeeded {
			continue
		}
		issuing := e.lookup(c)
		play := e.playOnce(ctx, issuing)
		if play.Err != nil {
			return contract.Token{}, contract.Exchange{}, fmt.Errorf("no token from %s: %w", c.Name, play.Err)
		}
		token, err := issuing.issued(*play.Exchange, r.Operation.Authorization)
		if err != nil {
			return contract.Token{}, contract.Exchange{}, err
		}
		if !token.Expires.After(issuing.Now()) { // the provider's fault, which times-plausible reports; no order is to blame
			token.Expires = time.Time{}
		}
		return token, *play.Exchange, nil
	}
	return contract.Token{}, contract.Exchange{}, fmt.Errorf("%s needs a token from %s, but no case of that operation succeeds", r.Operation.Name(), r.Operation.Authorization.IssuedBy)
}

// issued returns the token of a response as the adapter reads it, or, if no adapter has the
// operation, as the specification says where it is.
func (r *Resolved) issued(ex contract.Exchange, a *openapi.Authorization) (contract.Token, error) {
	if r.Reader.Read != nil {
		read := r.Reader.Read(ex)
		if read.Token == nil {
			return contract.Token{}, fmt.Errorf("no token from %s: the adapter finds none in the response and reads it as %s", r.Case.Name, read.State)
		}
		return *read.Token, nil
	}
	code, isRead := r.Operation.ResultCode(ex.Response)
	raw, _ := contract.Raw(ex.Response.Body, a.Token)
	value, isText := contract.String(raw)
	if !isRead || !code.Agrees(ex.Response) || code.Row.State != contract.Succeeded || !isText || value == "" {
		return contract.Token{}, fmt.Errorf("no token from %s: the response is no documented success, or has no token at %s", r.Case.Name, contract.ResponseBody(a.Token))
	}
	unit := ""
	if m := r.Operation.Responses[ex.Response.Status].Member(a.Expires); m != nil {
		unit = m.Unit
	}
	return contract.Token{Value: value, Expires: rule.Expiry(a, ex.Response.Body, unit, r.Now())}, nil
}
