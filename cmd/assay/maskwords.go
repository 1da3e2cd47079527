package main

import (
	"strings"

	"assay/internal/lazy"
	"assay/internal/redact"
)

var (
	// secretName matches the name of a flag, variable or header whose value may be a secret.
	secretName = lazy.Regexp(`(?i)(key|token|secret|pass|pwd|auth|credential|signature|salt|cookie)`)
	// nameOfValue matches what stands before = in NAME=VALUE and --flag=VALUE.
	nameOfValue = lazy.Regexp(`^-{0,2}[A-Za-z_][A-Za-z0-9_.-]*$`)
	// headerLine matches a header, also as it stands in -HName: value. A URL is none.
	headerLine = lazy.Regexp(`(?s)^(-{0,2}[A-Za-z][A-Za-z0-9_-]*):( ?)([^/\\].*)$`)
	// loginFlag matches the flags of other programs with which a login or a password is given.
	loginFlag = lazy.Regexp(`^(?:-[uUap]|--user|--login|--proxy-user|--userpwd|--basic)$`)
	// loginGlued matches such a flag with its value.
	loginGlued = lazy.Regexp(`^(-[uUa][^:]*:.+|-p.*[0-9A-Z].*)$`)
	// plainFlag matches what is a flag, and hardly a password.
	plainFlag = lazy.Regexp(`^-(?:[A-Za-z]|-[a-z0-9]+(?:-[a-z0-9]+)*(?:=.*)?)$`)
	scheme    = lazy.Regexp(`(?i)^(?:basic|bearer|digest|token)$`)
	justDigit = lazy.Regexp(`^[0-9]+$`)
)

// foreignWords returns the words of another program's command without what may be a secret.
// It masks rather too much: the reader knows the command.
func foreignWords(words []string) []string {
	var all []string
	var hide, login bool // the word is the value of a flag before it
	for _, word := range words {
		var shown string
		switch {
		case hide && !plainFlag().MatchString(word):
			shown = maskedValue
		case login && !plainFlag().MatchString(word) && !justDigit().MatchString(word) && (strings.Contains(word, ":") || secretLike(word)):
			shown = maskedValue
		default:
			shown = foreignWord(word)
		}
		hide = hide && scheme().MatchString(word) || strings.HasPrefix(word, "-") && !strings.Contains(word, "=") && secretName().MatchString(word)
		login = loginFlag().MatchString(word)
		all = append(all, shown)
	}
	return all
}

// foreignWord returns one word without what may be a secret: the value of a variable, of a
// flag or of a header, a script that sounds like one, and what looks like a key.
func foreignWord(word string) string {
	if m := headerLine().FindStringSubmatch(word); m != nil && secretName().MatchString(m[1]) {
		return m[1] + ":" + m[2] + maskedValue
	}
	name, _, assigned := strings.Cut(word, "=")
	switch {
	case assigned && nameOfValue().MatchString(name):
		return name + "=" + maskedValue
	case loginGlued().MatchString(word):
		return word[:2] + maskedValue
	case redact.KeyLike(word), assigned && !strings.Contains(word, "://"):
		return maskedValue
	case strings.ContainsAny(word, " \t\n\"'`{}<>") && (assigned || secretName().MatchString(word) || strings.Contains(word, " -u")):
		return maskedValue
	}
	return word
}

// secretLike reports whether a value may be a password: no path, no number and no plain word.
func secretLike(word string) bool {
	rest := strings.Trim(word, "abcdefghijklmnopqrstuvwxyz-_")
	return rest != "" && !strings.ContainsAny(word, "/.")
}
