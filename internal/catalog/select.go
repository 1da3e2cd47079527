package catalog

import (
	"fmt"
	"slices"
	"strings"

	"assay/internal/contract"
	"assay/internal/openapi"
)

// UnknownNameError reports a name that does not exist. Nearest is the name that is
// closest to it, "" if none is close.
type UnknownNameError struct{ Kind, Name, Nearest string }

func (e *UnknownNameError) Error() string {
	return fmt.Sprintf("there is no %s %q%s", e.Kind, e.Name, suggestion(e.Nearest))
}

// Select returns the cases that match patterns: provider, provider/operation or
// provider/operation/case, with * for any characters except a slash. Without patterns
// it returns all cases. A pattern without * whose names do not exist is an
// UnknownNameError.
func (k *Catalog) Select(patterns []string) ([]*contract.Case, error) {
	if len(patterns) == 0 {
		return k.Fixtures.Cases, nil
	}
	chosen := map[string]bool{}
	for _, pattern := range patterns {
		found := false
		for _, one := range k.Fixtures.Cases {
			if matches(pattern, one.Name) {
				found, chosen[one.Name] = true, true
			}
		}
		if found {
			continue
		}
		if err := k.explainEmpty(pattern); err != nil {
			return nil, err
		}
	}
	var selected []*contract.Case
	for _, one := range k.Fixtures.Cases {
		if chosen[one.Name] {
			selected = append(selected, one)
		}
	}
	return selected, nil
}

// explainEmpty returns an error if a pattern that selected nothing has an unknown name.
// A provider or operation without cases is known, and a pattern with * is never an
// error.
func (k *Catalog) explainEmpty(pattern string) error {
	parts := strings.Split(strings.TrimSuffix(pattern, "/"), "/")
	if strings.Contains(pattern, "*") {
		return nil
	}
	s := k.Spec(parts[0])
	if s == nil {
		return &UnknownNameError{"provider", parts[0], Nearest(parts[0], k.Providers())}
	}
	if len(parts) > 1 && s.Operation(parts[1]) == nil {
		nearest := Nearest(parts[1], operations(s))
		if nearest != "" {
			nearest = parts[0] + "/" + nearest
		}
		return &UnknownNameError{"operation", parts[0] + "/" + parts[1], nearest}
	}
	if len(parts) > 2 {
		var names []string
		for _, one := range k.Fixtures.Cases {
			names = append(names, one.Name)
		}
		return &UnknownNameError{"case", pattern, Nearest(pattern, names)}
	}
	return nil
}

// Caseless reports whether a provider was asked for and has no case at all.
func (k *Catalog) Caseless(s *openapi.Spec) bool {
	wants := k.Options.Wants
	return (wants == nil || wants(s.Provider)) && !slices.ContainsFunc(k.Fixtures.Cases, func(c *contract.Case) bool { return c.Provider() == s.Provider })
}
