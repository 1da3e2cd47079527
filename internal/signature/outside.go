package signature

import (
	"bytes"
	"slices"
	"strings"
	"time"

	"assay/internal/contract"
	"assay/internal/media"
	"assay/internal/openapi"
)

// ForgeRequest returns the request with the forgery applied, wherever its signature is. A
// request to which the forgery does not apply is returned unchanged.
func (f Forgery) ForgeRequest(s *openapi.Signature, schema *openapi.Body, r contract.Request, credentials map[string]string) contract.Request {
	return f.forge(s, schema, contract.Exchange{Request: r}, credentials).Request
}

// ForgeResponse is ForgeRequest for the response of an exchange.
func (f Forgery) ForgeResponse(s *openapi.Signature, schema *openapi.Body, ex contract.Exchange, credentials map[string]string) contract.Response {
	return f.forge(s, schema, ex, credentials).Response
}

func (f Forgery) forge(s *openapi.Signature, schema *openapi.Body, ex contract.Exchange, credentials map[string]string) contract.Exchange {
	if s.Outside != "" {
		return f.outside(&outside{message{Signature: s, ex: &ex}, schema, credentials})
	}
	return editBody(s.Of, ex, func(body []byte) []byte { return f.Forge(s, schema, body, credentials) })
}

// editBody changes the body of a side through its JSON.
func editBody(of contract.Direction, ex contract.Exchange, change func(body []byte) []byte) contract.Exchange {
	if of == contract.InResponse {
		ex.Response.Body = media.Edit(ex.Response.Header, ex.Response.Body, nil, change)
	} else {
		ex.Request.Body = media.Edit(ex.Request.Header, ex.Request.Body, nil, change)
	}
	return ex
}

// outside is an exchange whose signature is in a header or in the query.
type outside struct {
	message
	schema      *openapi.Body
	credentials map[string]string
}

func (o *outside) missing() contract.Exchange { return put(*o.ex, o.Outside, "") }

// body changes the body with the functions that forge a signature in one.
func (o *outside) body(change func(g *signedBody) []byte) contract.Exchange {
	return editBody(o.Of, *o.ex, func(body []byte) []byte {
		return change(&signedBody{&openapi.Signature{At: "/assay signature"}, o.schema, body, o.credentials})
	})
}

// tampered changes a text of the body.
func (o *outside) tampered() contract.Exchange { return o.body((*signedBody).tamperBody) }

func (o *outside) indented() contract.Exchange {
	if media.Of(o.header()) != media.JSON {
		return *o.ex // a form has no white space
	}
	return o.body((*signedBody).indent)
}

// reordered writes the members, or the pairs of a form, in the opposite order.
func (o *outside) reordered() contract.Exchange {
	if media.Of(o.header()) != media.Form {
		return o.body((*signedBody).reorder)
	}
	ex := *o.ex
	pairs := bytes.Split(o.message.body(), []byte("&"))
	slices.Reverse(pairs)
	if body := bytes.Join(pairs, []byte("&")); o.Of == contract.InResponse {
		ex.Response.Body = body
	} else {
		ex.Request.Body = body
	}
	return ex
}

func (o *outside) header() map[string][]string {
	if o.Of == contract.InResponse {
		return o.ex.Response.Header
	}
	return o.ex.Request.Header
}

// changed changes a character of every signature.
func (o *outside) changed() contract.Exchange {
	return o.rewritten(func(text string) string {
		if at := len(text)/2 - 1; at >= 0 {
			return text[:at] + AlterText(text[at:at+1]) + text[at+1:]
		}
		return text
	})
}

func (o *outside) truncated() contract.Exchange {
	return o.rewritten(func(text string) string { return text[:len(text)/2] })
}

// rewritten changes the text of each signature.
func (o *outside) rewritten(change func(text string) string) contract.Exchange {
	found := values(o.ex, o.Outside)
	if len(found) != 1 || found[0] == "" {
		return *o.ex
	}
	if o.Named == "" {
		return put(*o.ex, o.Outside, change(found[0]))
	}
	parts := strings.Split(found[0], ",")
	for i, part := range parts {
		if name, value, _ := strings.Cut(strings.TrimSpace(part), "="); name == o.Named {
			parts[i] = name + "=" + change(value)
		}
	}
	return put(*o.ex, o.Outside, strings.Join(parts, ","))
}

func (o *outside) otherKey() contract.Exchange {
	return sign(o.Signature, *o.ex, map[string]string{o.Key: AlterText(o.credentials[o.Key])}, time.Time{}, Zeros{}, false)
}

// otherOrder inserts the signature of the same body with another reference or token.
func (o *outside) otherOrder() contract.Exchange {
	other := o.body(func(g *signedBody) []byte {
		return g.changeText(func(m *openapi.Member) bool { return strings.HasSuffix(m.Means, "reference") || m.Secret })
	})
	if bytes.Equal(other.Request.Body, o.ex.Request.Body) && bytes.Equal(other.Response.Body, o.ex.Response.Body) {
		return *o.ex
	}
	found := values(new(sign(o.Signature, other, o.credentials, time.Time{}, Zeros{}, false)), o.Outside)
	if len(found) != 1 {
		return *o.ex
	}
	return put(*o.ex, o.Outside, found[0])
}

// old signs again with a time that is too long ago.
func (o *outside) old() contract.Exchange {
	if o.Tolerance == 0 {
		return *o.ex
	}
	return sign(o.Signature, withoutTime(o.Signature, *o.ex), o.credentials, time.Unix(0, 0).Add(time.Hour), Zeros{}, false)
}

// withoutTime removes the time of signing.
func withoutTime(s *openapi.Signature, ex contract.Exchange) contract.Exchange {
	if s.TimeNamed != "" {
		return put(ex, s.Outside, "")
	}
	return put(ex, s.Time, "")
}
