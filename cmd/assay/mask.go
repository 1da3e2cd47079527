package main

import (
	"net/url"
	"regexp"
	"strings"
)

// The parts of a URL that can hold a secret: the user with the password, and the values of
// the query. They also match what is almost a URL, because errors quote such texts.
var (
	userOfURL   = regexp.MustCompile(`//\S*@`)
	valueOfURL  = regexp.MustCompile(`([?&;][^=&;#\s]+=)[^&;#\s]+`)
	userAlone   = regexp.MustCompile(`(^|=)[^/\s=]*:[^/\s]*@`)
	maskedValue = "***"
)

// masked returns the text of a flag that holds a URL, for people to read. It has neither
// user nor password, and no value of a query.
func masked(text string) string {
	text = userOfURL.ReplaceAllString(text, "//"+maskedValue+"@")
	text = userAlone.ReplaceAllString(text, "${1}"+maskedValue+"@")
	return valueOfURL.ReplaceAllString(text, "${1}"+maskedValue)
}

// withoutUser removes user and password from a URL. assay does not send them, so nothing
// else has to know them. It returns false if a part of a password may be in the path.
func withoutUser(text string) (string, bool) {
	u, err := url.Parse(text)
	switch {
	case err != nil:
		return text, true // whoever uses it gets the error
	case strings.Contains(u.Path, "@"):
		return "", false
	case u.User == nil:
		return text, true
	}
	u.User = nil
	return u.String(), true
}
