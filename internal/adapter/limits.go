package adapter

import (
	"net/http"
	"slices"

	"assay/internal/client"
	"assay/internal/contract"
	"assay/internal/openapi"
)

// New returns the adapter of a specification's provider, nil if there is none. It refuses
// calls that the specification excludes, as Checked does.
func New(s *openapi.Spec, setup contract.Setup) *contract.Adapter {
	made, ok := Providers()[s.Provider]
	if !ok {
		return nil
	}
	return Checked(made(setup), s, setup.Credentials)
}

// Checked returns the adapter with requests held to a specification: a request with a
// fault is a *contract.RefusedError that names the member of the input. The rules about
// requests and the sandbox use the same list of faults, so the three cannot differ.
func Checked(a *contract.Adapter, s *openapi.Spec, credentials map[string]string) *contract.Adapter {
	if a == nil {
		return nil
	}
	checked := &contract.Adapter{Provider: a.Provider, Operations: slices.Clone(a.Operations)}
	for i := range checked.Operations {
		o := &checked.Operations[i]
		documented := s.Operation(o.ID)
		if documented == nil {
			continue
		}
		made, fields := o.Request, o.Fields
		o.Request = func(call contract.Call) (*http.Request, error) {
			if err := client.CheckCredentials(s, credentials); err != nil {
				return nil, err
			}
			r, err := made(call)
			if err != nil {
				return nil, err
			}
			if err := client.Check(s, documented, r, credentials, fields); err != nil {
				return nil, err
			}
			return r, nil
		}
	}
	return checked
}
