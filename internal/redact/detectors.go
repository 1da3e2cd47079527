package redact

import (
	"regexp"
	"strings"
)

var (
	// The fourth character of a PAN says what kind of holder it has: a person, a
	// company, …
	panLike    = regexp.MustCompile(`\b[A-Z]{3}[ABCFGHJLPT][A-Z][0-9]{4}[A-Z]\b`)
	numberLike = regexp.MustCompile(`\b[0-9](?:[ -]?[0-9]){11,18}\b`)
	bearerLike = regexp.MustCompile(`(?i)\bbearer\s+[A-Za-z0-9._~+/-]{16,}`)
	jwtLike    = regexp.MustCompile(`\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*`)
	keyLike    = regexp.MustCompile(`-----BEGIN [A-Z ]*PRIVATE KEY-----`)
)

// Detect returns what kind of secret or personal data a text seems to contain, as it is
// or encoded: "a PAN", "an Aadhaar number", "a card number", "a bearer token" or "a
// private key". A tenth of all numbers pass as card numbers, so do not call it for
// members that the documents describe.
func Detect(text string) []string {
	var all []string
	look([]byte(text), func(view []byte, _ string) bool {
		all = seems(string(view))
		return len(all) == 0
	})
	return all
}

func seems(text string) []string {
	var all []string
	for _, pan := range panLike.FindAllString(text, -1) {
		if !panOurs.MatchString(pan) {
			all = append(all, "a PAN")
			break
		}
	}
	aadhaar, card := false, false
	for _, number := range numberLike.FindAllString(text, -1) {
		number = strings.NewReplacer(" ", "", "-", "").Replace(number)
		aadhaar = aadhaar || len(number) == 12 && number[0] >= '2' && verhoeff(number)
		card = card || len(number) >= 13 && number[0] >= '2' && number[0] <= '8' && luhn(number)
	}
	for _, found := range []struct {
		is   bool
		name string
	}{
		{aadhaar, "an Aadhaar number"},
		{card, "a card number"},
		{bearerLike.MatchString(text) || jwtLike.MatchString(text), "a bearer token"},
		{keyLike.MatchString(text), "a private key"},
	} {
		if found.is {
			all = append(all, found.name)
		}
	}
	return all
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
