package contract

import (
	"fmt"
	"path"
	"strings"
)

// PlaceGlob is a glob over the places of findings, with the syntax of path.Match.
// Waivers use it. "" matches every place.
type PlaceGlob string

// Covers reports whether the glob matches the place, or the place with array positions
// replaced by *.
func (g PlaceGlob) Covers(p Place) bool {
	return g == "" || MatchGlob(string(g), string(p)) || MatchGlob(string(g), string(p.General()))
}

// Check returns an error if the glob is malformed. A glob without wildcards must be a
// place in an exchange, or several as Places joins them, or a place outside of exchanges:
// a file, a provider/operation, or a place after the name of its operation.
func (g PlaceGlob) Check() error {
	if _, err := path.Match(string(g), ""); err != nil {
		return fmt.Errorf("%q: expected a glob over places, such as request#/body/*: %w", string(g), err)
	}
	if g == "" || strings.ContainsAny(string(g), `*?[\`) {
		return nil
	}
	if Place(g).Direction() == "" {
		return g.checkOutside()
	}
	if Place(g) == Query("") { // a parameter without a name has this place
		return nil
	}
	_, err := ParsePlace(string(g))
	if err == nil {
		return nil
	}
	for _, one := range strings.Split(string(g), " ") {
		if _, other := ParsePlace(one); other != nil {
			return err
		}
	}
	return nil
}

// checkOutside returns an error if text that begins unlike a place in an exchange cannot be
// a place outside of exchanges either.
func (g PlaceGlob) checkOutside() error {
	if _, rest, ok := strings.Cut(string(g), " "); ok && Place(rest).Direction() != "" {
		return PlaceGlob(rest).Check()
	}
	if name, _, _ := strings.Cut(string(g), "#"); strings.ContainsAny(name, "/:") {
		return nil
	}
	return fmt.Errorf("%q: expected a place such as request#/body/orderId, or a file or provider/operation", string(g))
}

// MatchGlob reports whether a pattern matches a name. A pattern always matches itself.
func MatchGlob(pattern, name string) bool {
	if pattern == name {
		return true
	}
	ok, err := path.Match(pattern, name)
	return err == nil && ok
}
