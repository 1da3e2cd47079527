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
	return g == "" || Globbed(string(g), string(p)) || Globbed(string(g), string(p.General()))
}

// Check tells what is wrong with the glob. One without wildcards that begins as a place
// of an exchange has to be one; other findings stand elsewhere, such as at a file.
func (g PlaceGlob) Check() error {
	if _, err := path.Match(string(g), ""); err != nil {
		return fmt.Errorf("%q: expected a glob over places, such as request#/body/*: %w", string(g), err)
	}
	if Place(g).Direction() == "" || strings.ContainsAny(string(g), `*?[\`) {
		return nil
	}
	_, err := ParsePlace(string(g))
	return err
}

// Globbed tells whether a name is what a pattern takes. A name that is the pattern
// itself always is.
func Globbed(pattern, name string) bool {
	if pattern == name {
		return true
	}
	ok, err := path.Match(pattern, name)
	return err == nil && ok
}
