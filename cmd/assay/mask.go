package main

import (
	"net/url"
	"slices"
	"strings"

	"assay/internal/lazy"
	"assay/internal/redact"
	"assay/internal/report"
)

// The parts of a URL that can hold a secret: the user with the password, the values of the
// query, and the fragment. They also match what is almost a URL, because errors quote such texts.
var (
	userOfURL     = lazy.Regexp(`//\S*@`)
	valueOfURL    = lazy.Regexp(`([?&;][^=&;#\s]+=)[^&;#\s]+`)
	fragmentOfURL = lazy.Regexp(`(://[^#\s]*#)\S+`)
	userAlone     = lazy.Regexp(`(^|=)[^/\s=]*:[^/\s]*@`)
	maskedValue   = "***"
)

// masked returns the text of a flag that holds a URL, for people to read. It has neither
// user nor password, no value of a query, and no fragment.
func masked(text string) string {
	text = userOfURL().ReplaceAllString(text, "//"+maskedValue+"@")
	text = userAlone().ReplaceAllString(text, "${1}"+maskedValue+"@")
	text = valueOfURL().ReplaceAllString(text, "${1}"+maskedValue)
	return fragmentOfURL().ReplaceAllString(text, "${1}"+maskedValue)
}

// commandLine writes a command as it was given, for a shell, without secrets: those that this
// process knows, those in a URL, and what looks like one in another program's words after --.
func (p *program) commandLine(args []string) string {
	return report.Shell(append([]string{"assay"}, p.shownWords(args)...))
}

// shownWords returns the words of a command without secrets.
func (p *program) shownWords(args []string) []string {
	ours, theirs := args, []string(nil)
	if dash := slices.Index(args, "--"); dash >= 0 {
		ours, theirs = args[:dash+1], foreignWords(args[dash+1:])
	}
	all := slices.Concat(ours, theirs)
	known := p.secrets()
	for i := range all {
		all[i] = withoutSecrets(masked(all[i]), known)
	}
	return all
}

// withoutSecrets replaces secrets in a word. A word that has one in an encoding is hidden.
func withoutSecrets(word string, known []string) string {
	r := redact.New(nil)
	for _, value := range known {
		word = strings.ReplaceAll(word, value, maskedValue)
		r.Secret(value)
	}
	if _, leaked := r.Leaked([]byte(word)); leaked {
		return maskedValue
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
