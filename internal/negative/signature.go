package negative

import (
	"bytes"
	"maps"
	"slices"

	"assay/internal/contract"
	"assay/internal/signature"
)

// signature applies every known forgery to the request's signature.
func (d *deriver) signature() {
	for _, f := range signature.ForgeriesOf(d.o.Sign.Request) {
		r := d.forge(f, d.base.Request, d.spec.TestCredentials())
		switch {
		case same(r, d.base.Request):
			d.gap("signature/"+f.Name, f.About, forgeryUnchanged.Says(contract.ArgText("case", d.base.Case.Name)))
		case f.Name == "missing":
			d.unsigned(f, r)
		default:
			d.forged(f, r, nil)
		}
	}
}

func (d *deriver) forge(f signature.Forgery, r contract.Request, credentials map[string]string) contract.Request {
	return f.ForgeRequest(d.o.Sign.Request, d.o.Request, r, credentials)
}

// same reports whether two requests have the same headers, URL and body.
func same(a, b contract.Request) bool {
	return bytes.Equal(a.Body, b.Body) && a.URL.String() == b.URL.String() && maps.EqualFunc(a.Header, b.Header, slices.Equal)
}

// forged adds the negative of a forgery. If the request still conforms, it is named
// "-accepted" and the provider is expected to accept it.
func (d *deriver) forged(f signature.Forgery, r contract.Request, merchant map[string]bool) {
	name, wrong := "signature/"+f.Name, d.faults(r)
	if len(merchant) > 0 {
		wrong = append(wrong, fault{at: d.o.Sign.Request.Place(), keyword: "signature"})
	}
	accepted := len(wrong) == 0
	if accepted {
		name += "-accepted"
	}
	c := d.newCase(name, f.About, d.o.Doc(d.o.Sign.Request.Place()))
	c.Merchant = merchant
	d.add(c, r, wrong, name)
	n := &d.all[len(d.all)-1]
	n.Forge = func(r contract.Request, credentials map[string]string) contract.Request {
		return d.forge(f, r, credentials)
	}
	if accepted {
		n.Inconclusive = contract.Message{}
		d.expect(c, d.words.accepted)
	}
}

// unsigned adds the request without a signature. If the merchant needs none, the
// provider accepts it. A second negative then switches on the merchant setting that
// requires a signature.
func (d *deriver) unsigned(f signature.Forgery, r contract.Request) {
	d.forged(f, r, nil)
	x := d.view(r)
	if d.o.Sign.Request.RequiredIn(x) {
		return
	}
	for _, name := range slices.Sorted(maps.Keys(d.spec.Merchant)) {
		x.Merchant = maps.Clone(d.spec.Merchant)
		x.Merchant[name] = !x.Merchant[name]
		if d.o.Sign.Request.RequiredIn(x) {
			d.forged(f, r, map[string]bool{name: x.Merchant[name]})
			return
		}
	}
}
