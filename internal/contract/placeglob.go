package contract

import (
	"fmt"
	"path"
	"strings"
)

// PlaceGlob is a glob over the places of findings, as path.Match has it: waivers name
// places so. "" is every place.
type PlaceGlob string

// Covers tells whether the glob takes a place, as it is or in general.
func (g PlaceGlob) Covers(p Place) bool {
	return g == "" || MatchGlob(string(g), string(p)) || MatchGlob(string(g), string(p.General()))
}

// Check tells what is wrong with the glob. One without wildcards that begins as a place
// of an exchange has to be one, or several as Places has them; other findings stand
// elsewhere, such as at a file.
func (g PlaceGlob) Check() error {
	if _, err := path.Match(string(g), ""); err != nil {
		return fmt.Errorf("%q: expected a glob over places, such as request#/body/*: %w", string(g), err)
	}
	if Place(g).Direction() == "" || strings.ContainsAny(string(g), `*?[\`) {
		return nil
	}
	if Place(g) == Query("") { // a parameter without a name is found there
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

// Globbed tells whether a name is what a pattern takes. A name that is the pattern
// itself always is.
func MatchGlob(pattern, name string) bool {
	if pattern == name {
		return true
	}
	ok, err := path.Match(pattern, name)
	return err == nil && ok
}
