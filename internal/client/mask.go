package client

import (
	"net/url"
	"slices"
	"strings"

	"assay/internal/contract"
)

// Later returns the places in the body whose values come from the exchange before.
func (i *Input) Later() []contract.Pointer {
	var all []contract.Pointer
	for at := range i.stated.Later {
		all = append(all, contract.GeneralPointer(at))
	}
	return all
}

// Mask returns a request without the parameters whose values come from the exchange before.
// They differ between recordings, so a cassette is searched without them.
func (i *Input) Mask(r contract.Request) contract.Request {
	masked := *r.URL
	query, changed := r.URL.Query(), false
	for name, values := range i.stated.Query {
		if slices.ContainsFunc(values, func(text contract.StatedText) bool { return text.After != "" }) && query.Has(name) {
			query.Set(name, "")
			changed = true
		}
	}
	if changed {
		masked.RawQuery = query.Encode()
	}
	masked.Path, masked.RawPath = i.maskPath(r.URL), ""
	r.URL = &masked
	return r
}

// maskPath returns the path of a URL with the template in place of the parameters. The
// base path of the server stands before the path of the operation.
func (i *Input) maskPath(u *url.URL) string {
	template, got := strings.Split(i.o.Path, "/"), strings.Split(u.EscapedPath(), "/")
	from := len(got) - len(template)
	if from < 0 {
		return u.Path
	}
	later := false
	for at, part := range template {
		name, isParameter := strings.CutPrefix(part, "{")
		if isParameter && i.stated.Path[strings.TrimSuffix(name, "}")].After != "" {
			got[from+at], later = part, true
		}
	}
	if !later {
		return u.Path
	}
	return strings.Join(got, "/")
}
