package negative

import (
	"bytes"
	"maps"
	"slices"

	"assay/internal/contract"
	"assay/internal/signature"
)

// signature spoils the request's signature in every way there is.
func (d *deriver) signature() {
	for _, f := range signature.Forgeries() {
		r := d.base.Request
		r.Body = d.forge(f, r.Body, d.spec.TestCredentials())
		switch {
		case bytes.Equal(r.Body, d.base.Request.Body):
			d.gap("signature/"+f.Name, f.About, "it cannot be done to the request of "+d.base.Case.Name)
		case f.Name == "missing":
			d.unsigned(f, r)
		default:
			d.forged(f, r, nil)
		}
	}
}

func (d *deriver) forge(f signature.Forgery, body []byte, credentials map[string]string) []byte {
	return f.Forge(d.o.Sign.Request, d.o.Request, body, credentials)
}

// forged adds the negative of a forgery. Where the request is as good as before
// it is no negative: it has to be accepted, and is named so.
func (d *deriver) forged(f signature.Forgery, r contract.Request, merchant map[string]bool) {
	name, wrong := "signature/"+f.Name, d.faults(r)
	if len(merchant) > 0 {
		wrong = append(wrong, fault{at: contract.RequestBody(d.o.Sign.Request.At), keyword: "signature"})
	}
	accepted := len(wrong) == 0
	if accepted {
		name += "-accepted"
	}
	c := d.blank(name, f.About, d.o.Doc(contract.RequestBody(d.o.Sign.Request.At)))
	c.Merchant = merchant
	d.add(c, r, wrong, name)
	n := &d.all[len(d.all)-1]
	n.Forge = func(body []byte, credentials map[string]string) []byte { return d.forge(f, body, credentials) }
	if accepted {
		c.Want.Code, n.Inconclusive = d.words.accepted, ""
	}
}

// unsigned is a request without signature. Where a merchant needs none it is
// accepted, and refused once the provider has switched on what asks for one.
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
