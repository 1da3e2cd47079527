package redact

import (
	"regexp"
	"strings"
)

// keyBegin and keyEnd match the lines around a private key: PEM, RFC 7468, and PGP, RFC 9580.
var (
	keyBegin = regexp.MustCompile(`-----BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----`)
	keyEnd   = regexp.MustCompile(`-----END [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----`)
)

// privateKeys finds private keys in a text. Between the lines around a key stands anything:
// headers, and base64 with line breaks of many kinds. A text may be cut in a key, and so
// everything after a first line without a last one is the key, and everything before a last
// line without a first one.
func privateKeys(text string) [][2]int {
	if !strings.Contains(text, "PRIVATE KEY") {
		return nil
	}
	var all [][2]int
	for at := 0; at < len(text); {
		begin, end := keyBegin.FindStringIndex(text[at:]), keyEnd.FindStringIndex(text[at:])
		switch {
		case begin == nil && end == nil:
			return all
		case begin == nil || end != nil && end[0] < begin[0]:
			all = append(all, [2]int{at, at + end[1]})
			at += end[1]
			continue
		}
		start := at + begin[0]
		if end = keyEnd.FindStringIndex(text[start:]); end == nil {
			return append(all, [2]int{start, len(text)})
		}
		all = append(all, [2]int{start, start + end[1]})
		at = start + end[1]
	}
	return all
}

// PrivateKeys replaces the private keys in a text of several lines.
func PrivateKeys(text string) string {
	var b strings.Builder
	done := 0
	for _, span := range privateKeys(text) {
		b.WriteString(text[done:span[0]] + markText)
		done = span[1]
	}
	return b.String() + text[done:]
}

// keyWords match how the keys of well-known services begin: Stripe, Razorpay, GitHub, GitLab,
// Slack, AWS, Google.
var keyWords = regexp.MustCompile(`(?:^|[^A-Za-z0-9])(?:(?:sk|pk|rk|rzp)_(?:live|test)_[A-Za-z0-9_]{8,}|whsec_[A-Za-z0-9]{8,}|gh[opsru]_[A-Za-z0-9]{8,}|github_pat_[A-Za-z0-9_]{8,}|glpat-[A-Za-z0-9_-]{8,}|xox[abeoprs]-[A-Za-z0-9-]{8,}|A(?:KI|SI)A[A-Z0-9]{12,}|AIza[A-Za-z0-9_-]{16,})`)

// keys finds the keys of well-known services.
func keys(text string) [][2]int {
	all := pairs(keyWords.FindAllStringIndex(text, -1))
	for i, span := range all {
		if first := text[span[0]]; !digit(first) && (lower(first) < 'a' || lower(first) > 'z') {
			all[i][0]++ // the character before the key
			for all[i][0] < span[1] && text[all[i][0]]&0xc0 == 0x80 {
				all[i][0]++
			}
		}
	}
	return all
}

// KeyLike reports whether a text has a word like a key: it begins like the keys of a
// well-known service, or letters and digits alternate in it.
func KeyLike(text string) bool {
	if keyWords.MatchString(text) {
		return true
	}
	for _, run := range keyForm.FindAllString(text, -1) {
		if len(run) >= longKey && keyLikeName(run) && strings.Trim(run, "0123456789") != "" {
			return true
		}
	}
	return false
}

// longKey is the length from which letters and digits that alternate are a key.
const longKey = 16
