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

// Check returns an error if the glob is malformed. A glob without wildcards that begins
// like a place in an exchange must be a place, or several as Places joins them.
// Findings outside of exchanges have other places, such as a file.
func (g PlaceGlob) Check() error {
	if _, err := path.Match(string(g), ""); err != nil {
		return fmt.Errorf("%q: expected a glob over places, such as request#/body/*: %w", string(g), err)
	}
	if Place(g).Direction() == "" || strings.ContainsAny(string(g), `*?[\`) {
		return nil
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

// MatchGlob reports whether a pattern matches a name. A pattern always matches itself.
func MatchGlob(pattern, name string) bool {
	if pattern == name {
		return true
	}
	ok, err := path.Match(pattern, name)
	return err == nil && ok
}
