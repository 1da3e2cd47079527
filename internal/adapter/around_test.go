package adapter_test

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// around returns texts at and around every limit of a member: lengths, characters, forms.
func around(m member, l limits) []string {
	var all []string
	sample := good(m, l).Example(1)
	for _, limit := range []int{l.shortest, l.longest, 1, 7, 20, 50, 300} {
		for n := max(0, limit-1); n <= limit+1; n++ {
			for _, c := range []string{"1", "A", "é"} {
				all = append(all, strings.Repeat(c, n))
			}
			all = append(all, resized(sample, n))
		}
	}
	for c := rune(0); c < 0x80; c++ {
		all = append(all, sample+string(c))
	}
	for _, c := range []string{"é", "०", "\u0085", "\u00a0", "\u2003", "\u2028", "\u200b", "\u202e", "\ufeff", "\ufffd", "😀", "\r\n"} {
		all = append(all, sample+c, c+sample, c)
	}
	for _, one := range l.enum {
		all = append(all, one, strings.ToLower(one), strings.ToUpper(one), one+" ", one+one)
	}
	all = append(all, addressesAround()...)
	all = append(all, mailsAround()...)
	all = append(all, "null", "true", "0", "-1", "1e3", "[]", "{}", "undefined")
	slices.Sort(all)
	return slices.Compact(all)
}

// resized cuts a text, or repeats its last character, until it has a length.
func resized(text string, length int) string {
	runes := []rune(text)
	if len(runes) == 0 {
		runes = []rune{'1'}
	}
	for len(runes) < length {
		runes = append(runes, runes[utf8.RuneCountInString(text)/2])
	}
	return string(runes[:length])
}

func addressesAround() []string {
	return []string{
		"https://a", "http://a", "HTTPS://A.example", "https://merchant.example.com/back?x=1#y", "https://merchant.example.com:8443/", "https://[::1]/", "https://आशा.example/",
		"https://", "https:///back", "https://?x", "https://#x", "https:/a", "https:a", "https//a", "http//", "//a/b", "/back", "back", "a.example/back", "ftp://a", "file:///a", "javascript:alert(1)",
		"mailto:a@b.example", "urn:x", "https://a b/", "https://a/ b", " https://a", "https://a ", "https://a\n", "https://a/\x7f", "https://a/%zz", "https://a:port/", "xhttps://a", "httpss://a", "http://user:pass@a/",
	}
}

func mailsAround() []string {
	return []string{
		"a@b", "a@b.example", "A@B.EXAMPLE", "a+b@c.example", "a.b@c.example", "o'brien@example.com", "asha@xn--p1b0a.example", `"a b"@c.example`, "a@[127.0.0.1]",
		"a", "@", "@b", "a@", "a@@b", "a@b@c", "a b@c.example", "a@b c", "a@b.example ", " a@b.example", "A <a@b.example>", "<a@b.example>", "a@b.example,c@d.example", ".a@b.example", "a..b@c.example", "a.@b.example", "a@b..example", "a@.example",
	}
}
