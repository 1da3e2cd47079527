package main

import (
	"net/url"
	"strings"

	"assay/internal/lazy"
	"assay/internal/report"
)

// The parts of a URL that can hold a secret: the user with the password, and the values of
// the query. They also match what is almost a URL, because errors quote such texts.
var (
	userOfURL   = lazy.Regexp(`//\S*@`)
	valueOfURL  = lazy.Regexp(`([?&;][^=&;#\s]+=)[^&;#\s]+`)
	userAlone   = lazy.Regexp(`(^|=)[^/\s=]*:[^/\s]*@`)
	maskedValue = "***"
)

// masked returns the text of a flag that holds a URL, for people to read. It has neither
// user nor password, and no value of a query.
func masked(text string) string {
	text = userOfURL().ReplaceAllString(text, "//"+maskedValue+"@")
	text = userAlone().ReplaceAllString(text, "${1}"+maskedValue+"@")
	return valueOfURL().ReplaceAllString(text, "${1}"+maskedValue)
}

// secretName matches the name of a flag or variable whose value may be a secret.
var secretName = lazy.Regexp(`(?i)(key|token|secret|pass|pwd|auth|credential|signature|salt|cookie)`)

// commandLine writes a command as it was given, for a shell, without secrets. The words after
// -- are another program's: of NAME=VALUE and of flags that sound like a secret the value goes.
// No value of a credential in the environment stays.
func commandLine(args, environment []string) string {
	all := []string{"assay"}
	ours, hide := true, false
	for _, word := range args {
		name, _, assigned := strings.Cut(word, "=")
		switch {
		case hide && !strings.HasPrefix(word, "-"):
			word = maskedValue
		case !ours && assigned:
			word = name + "=" + maskedValue
		}
		hide = !ours && strings.HasPrefix(word, "-") && !assigned && secretName().MatchString(name)
		ours = ours && word != "--"
		all = append(all, withoutCredentials(masked(word), environment))
	}
	return report.Shell(all)
}

// withoutCredentials replaces the values of the variables of assay, which have credentials.
func withoutCredentials(word string, environment []string) string {
	for _, variable := range environment {
		name, value, _ := strings.Cut(variable, "=")
		if strings.HasPrefix(name, "ASSAY_") && secretName().MatchString(name) && len(value) > 3 {
			word = strings.ReplaceAll(word, value, maskedValue)
		}
	}
	return word
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
