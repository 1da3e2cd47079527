package redact

import (
	"regexp"
	"slices"
	"strings"
	"sync"
)

// detector finds what looks like a secret or personal data.
type detector struct {
	looks    string // "a PAN"
	kind     string // in x-personal; "" for a secret
	personal bool   // it only makes sense where no other data is expected
	raw      bool   // find takes the text as it is, else folded
	find     func(text string) [][2]int
}

var (
	// The fourth character of a PAN says what kind of holder it has: a person, a
	// company, …
	panLike    = regexp.MustCompile(`[a-z]{3}[abcfghjlpt][a-z][0-9]{4}[a-z]`)
	bearerLike = regexp.MustCompile(`\bbearer\s+[a-z0-9._~+/-]{16,}`)
	jwtLike    = regexp.MustCompile(`\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*`)
	mailLike   = regexp.MustCompile(`[a-z0-9._%+-]+@[a-z0-9-]*[a-z][a-z0-9-]*(?:\.[a-z0-9-]+)*`)
	abroadLike = regexp.MustCompile(`\+[0-9](?:[ ./()-]{0,2}[0-9]){7,14}`)
	ifscLike   = regexp.MustCompile(`[a-z]{4}0[a-z0-9]{6}`)
)

// detectors returns the list of detectors, which no caller changes.
var detectors = sync.OnceValue(func() []detector {
	form := func(form *regexp.Regexp, mark string) func(text string) [][2]int {
		return func(text string) [][2]int {
			if !strings.Contains(text, mark) {
				return nil
			}
			return pairs(form.FindAllStringIndex(text, -1))
		}
	}
	return []detector{
		{"a PAN", "pan", false, false, pans},
		{"an Aadhaar number", "number", false, false, numbers(aadhaar)},
		{"a card number", "number", false, false, numbers(card)},
		{"a bearer token", "", false, false, form(bearerLike, "bearer")},
		{"a bearer token", "", false, true, form(jwtLike, "eyJ")},
		{"a private key", "", false, true, privateKeys},
		{"a key", "", false, true, keys},
		{"an account with its IFSC", "account", true, false, accounts},
		{"a telephone number", "number", true, false, numbers(telephone)},
		{"a telephone number", "number", true, false, abroad},
		{"an e-mail or UPI address", "email", true, false, mails},
	}
})

// Detect returns what kind of secret or personal data a text seems to contain, as it is
// or encoded: "a PAN", "an Aadhaar number", "a card number", "a bearer token" or "a
// private key". A tenth of all numbers pass as card numbers, so do not call it for
// members that the documents describe.
func Detect(text string) []string { return looks(text, false) }

// DetectPersonal is Detect, and also finds telephone numbers, e-mail and UPI addresses,
// and accounts with their IFSC. It is for texts in which no other data is expected, such
// as names of members.
func DetectPersonal(text string) []string { return looks(text, true) }

func looks(text string, personal bool) []string {
	if !mayLook(text) {
		return nil
	}
	var all []string
	look([]byte(text), newBudget(), func(v *view) bool {
		if v.nested > 0 && noise(v.text) {
			return true
		}
		detect(v.text, personal, func(d detector, _ [2]int) {
			if !slices.Contains(all, d.looks) {
				all = append(all, d.looks)
			}
		})
		return len(all) == 0
	})
	return all
}

// mayLook reports whether a text is long enough for any detector.
func mayLook(text string) bool { return len(text) >= shortest+1 }

// detect calls found for each span of a text that a detector finds.
func detect(text []byte, personal bool, found func(d detector, span [2]int)) {
	if !candidate(text) || binary(text) {
		return
	}
	raw := string(text)
	small := folded(raw)
	var origin func(start, end int) (int, int)
	for _, d := range detectors() {
		if d.personal && !personal {
			continue
		}
		if d.raw {
			for _, span := range d.find(raw) {
				found(d, span)
			}
			continue
		}
		for _, span := range d.find(small) {
			if origin == nil {
				origin = fold(text).origin
			}
			span[0], span[1] = origin(span[0], span[1])
			found(d, span)
		}
	}
}

// Candidate reports whether a text could contain what DetectPersonal finds, as it is. It
// is fast.
func Candidate(text string) bool { return candidate(text) }

// candidate reports whether a detector could find something: each of them needs digits, an
// @, or one of two words.
func candidate[T string | []byte](text T) bool {
	digits := 0
	for i := range len(text) {
		b := text[i]
		switch {
		case b >= 0x80:
			digits++ // a byte of a digit of another script
			if i >= 2 && (b == 0xa0 && text[i-1] == 0xbc && text[i-2] == 0xef || b == 0xab && text[i-1] == 0xb9 && text[i-2] == 0xef) {
				return true // a full-width or small @
			}
		case digit(b):
			digits++
		case b == '_' && i >= 2 && beginsKey(text[:i]), b == '-' && i >= 3 && beginsKey(text[:i]), b == 'A' && i >= 3 && text[i-1] == 'I' && text[i-3] == 'A', b == 'a' && i >= 3 && text[i-1] == 'z' && text[i-3] == 'A':
			return true
		case b == '@', b == ' ' && i >= 6 && lower(text[i-1]) == 'r' && lower(text[i-6]) == 'b', b == 'J' && i >= 2 && text[i-2] == 'e', b == 'P' && i > 0 && text[i-1] == ' ':
			return true
		}
	}
	return digits >= 4
}

// beginsKey reports whether a text ends like the beginning of a key; see keyWords.
func beginsKey[T string | []byte](text T) bool {
	for _, end := range [...]string{"sk", "pk", "rk", "rzp", "whsec", "ghp", "gho", "ghs", "ghr", "ghu", "pat", "xoxa", "xoxb", "xoxe", "xoxo", "xoxp", "xoxr", "xoxs"} {
		if from := len(text) - len(end); from >= 0 && string(text[from:]) == end {
			return true
		}
	}
	return false
}

func pairs(all [][]int) [][2]int {
	var some [][2]int
	for _, span := range all {
		some = append(some, [2]int{span[0], span[1]})
	}
	return some
}

func pans(text string) [][2]int {
	if !hasDigits(text, 4) {
		return nil
	}
	var all [][2]int
	for _, span := range pairs(panLike.FindAllStringIndex(text, -1)) {
		if alone(text, span[0], span[1]) && !panOurs.MatchString(strings.ToUpper(text[span[0]:span[1]])) {
			all = append(all, span)
		}
	}
	return all
}

// abroad finds telephone numbers with the prefix of any country.
func abroad(text string) [][2]int {
	if !strings.Contains(text, "+") {
		return nil
	}
	return slices.DeleteFunc(pairs(abroadLike.FindAllStringIndex(text, -1)), func(span [2]int) bool {
		return text[span[0]+1] == '0'
	})
}

func mails(text string) [][2]int {
	if !strings.Contains(text, "@") {
		return nil
	}
	var all [][2]int
	for _, span := range pairs(mailLike.FindAllStringIndex(text, -1)) {
		if at := text[span[0]:span[1]]; !mailOurs.MatchString(at) && !Reserved(FreeText, at) && !strings.HasPrefix(at, "redacted@") {
			all = append(all, span)
		}
	}
	return all
}

// accounts finds numbers of accounts in a text that also has an IFSC.
func accounts(text string) [][2]int {
	if !hasCode(text) {
		return nil
	}
	codes := slices.DeleteFunc(pairs(ifscLike.FindAllStringIndex(text, -1)), func(span [2]int) bool {
		return !alone(text, span[0], span[1]) || strings.HasPrefix(text[span[0]:span[1]], "zzzz")
	})
	if len(codes) == 0 {
		return nil
	}
	found := numbers(func(number string) bool {
		return len(number) >= 9 && len(number) <= 18 && strings.Trim(number[:5], "0") != ""
	})(text)
	if len(found) == 0 {
		return nil
	}
	return append(found, codes...)
}

// numbers returns a function that finds numbers, with or without separators: each group of
// digits, and groups side by side.
func numbers(is func(number string) bool) func(text string) [][2]int {
	return func(text string) [][2]int {
		if !manyDigits(text, minNumber) {
			return nil
		}
		var all [][2]int
		for groups := digitGroups(text, 0); len(groups) > 0; groups = digitGroups(text, groups[len(groups)-1][1]) {
			some := groups[:min(len(groups), maxGroups)]
			for first := range some {
				number := make([]byte, 0, maxNumber)
				for _, group := range some[first:] {
					if len(number)+group[1]-group[0] > maxNumber {
						break
					}
					number = append(number, text[group[0]:group[1]]...)
					span := [2]int{some[first][0], group[1]}
					if len(number) >= minNumber && alone(text, span[0], span[1]) && is(string(number)) {
						all = append(all, span)
					}
				}
			}
		}
		return all
	}
}

const (
	minNumber = 9  // digits of the shortest number that is searched
	maxNumber = 19 // digits of the longest card number
	maxGroups = 64
)

var digitRuns = regexp.MustCompile(`[0-9]+`)

func aadhaar(number string) bool {
	return len(number) == 12 && number[0] >= '2' && verhoeff(number)
}

func card(number string) bool {
	return len(number) >= 13 && number[0] >= '2' && number[0] <= '8' && luhn(number)
}

// telephone recognises the numbers of mobile phones in India, with and without prefix.
func telephone(number string) bool {
	for _, prefix := range []string{"", "0", "91", "091", "0091"} {
		if rest, ok := strings.CutPrefix(number, prefix); ok && len(rest) == 10 && rest[0] >= '6' {
			return true
		}
	}
	return false
}

// luhn checks the last digit of a card number, ISO/IEC 7812-1, annex B.
func luhn(number string) bool {
	sum := 0
	for i := range len(number) {
		d := int(number[len(number)-1-i] - '0')
		if i%2 == 1 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	return sum%10 == 0
}

// verhoeff checks the last digit of an Aadhaar number: J. Verhoeff, Error Detecting
// Decimal Codes, 1969. It multiplies the digits in the dihedral group of ten elements
// after a permutation that depends on their position.
func verhoeff(number string) bool {
	permute := [10]int{1, 5, 7, 6, 2, 8, 3, 0, 9, 4}
	c := 0
	for i := range len(number) {
		d := int(number[len(number)-1-i] - '0')
		for range i % 8 {
			d = permute[d]
		}
		c = times(c, d)
	}
	return c == 0
}

// times multiplies in the dihedral group of ten elements: 0 to 4 are the rotations of a
// pentagon, 5 to 9 its reflections.
func times(a, b int) int {
	switch {
	case a < 5 && b < 5:
		return (a + b) % 5
	case a < 5:
		return 5 + (a+b-5)%5
	case b < 5:
		return 5 + (a-5-b+5)%5
	}
	return (a - b + 5) % 5
}
