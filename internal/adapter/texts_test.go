package adapter_test

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"pgregory.net/rapid"
)

// curious lists texts that show faults in escaping, cutting, case folding and signing.
func curious() []string {
	return []string{
		"Mary Jane", "O'Brien-Śmith", "आशा उदाहरण", "李小龍", "عائشة", "Ǆ\u0301", "👩‍👩‍👧‍👦", "a\u200bb", "\u202eabc", "\u2028\u2029", "<A&B>", `"quoted"\`, "\t\r\n", "\x00",
		"%2F%00", "a|b|c", "${x}", "null", "0", "-1", "1e5", " ", "\u00a0", "\ufeff", "\ufffd", "hash", "naïve café",
	}
}

// texts draws texts of an allowed length.
func texts(shortest, longest int) *rapid.Generator[string] {
	most := longest
	if most == 0 {
		most = 300 // no page names a length
	}
	fitting := slices.DeleteFunc(curious(), func(s string) bool {
		return utf8.RuneCountInString(s) < shortest || utf8.RuneCountInString(s) > most
	})
	every := []*rapid.Generator[string]{rapid.StringN(shortest, most, -1), rapid.Just(strings.Repeat("é", most))}
	if len(fitting) > 0 {
		every = append(every, rapid.SampledFrom(fitting))
	}
	return rapid.OneOf(every...)
}

// addresses draws URLs of pages, up to a length.
func addresses(longest int) *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		u := rapid.StringMatching(`https?://[a-z0-9]{1,20}(\.[a-z]{2,8}){1,2}(:[1-9][0-9]{1,3})?(/[A-Za-z0-9._~!$&'()*+,;=:@-]{0,12}){0,3}(\?[a-z]{1,5}=[A-Za-z0-9&=+.-]{0,12})?(#[a-z]{1,5})?`).Draw(t, "url")
		if longest > 0 && rapid.IntRange(0, 4).Draw(t, "full") == 0 && len(u) < longest && !strings.ContainsAny(u, "?#") {
			u += "?" + strings.Repeat("x", longest-len(u)-1)
		}
		return u
	})
}

// mails draws e-mail addresses.
func mails() *rapid.Generator[string] {
	return rapid.OneOf(
		rapid.StringMatching(`[a-z0-9]{1,20}([.+_-][a-z0-9]{1,10}){0,2}@[a-z0-9]{1,12}([.-][a-z0-9]{1,12}){0,2}\.[a-z]{2,10}`),
		rapid.SampledFrom([]string{"a@b", "o'brien@example.com", "asha@xn--p1b0a.example", "a+b=c@x-y.example", "UPPER@EXAMPLE.COM"}),
	)
}

// good draws texts that the documents allow for a member.
func good(m member, l limits) *rapid.Generator[string] {
	shortest := l.shortest
	if m.Always {
		shortest = max(1, shortest)
	}
	switch {
	case len(l.enum) > 0:
		return rapid.SampledFrom(l.enum)
	case m.URL:
		return addresses(l.longest)
	case l.format == "email":
		return mails()
	case l.pattern != "" && !m.Solid:
		l.shortest = shortest
		return matching(l.pattern, l)
	}
	if m.Solid {
		name := regexp.MustCompile(l.pattern)
		return texts(max(1, shortest), l.longest).Filter(func(s string) bool { return name.MatchString(strings.TrimSpace(s)) })
	}
	return texts(shortest, l.longest)
}

var counted = regexp.MustCompile(`\{[0-9]+,([0-9]+)\}\$$`)

// matching draws texts that match a pattern, often with the maximum length and then with
// every allowed character.
func matching(pattern string, l limits) *rapid.Generator[string] {
	every := []*rapid.Generator[string]{rapid.StringMatching(pattern)}
	if counted.MatchString(pattern) {
		every = append(every, rapid.StringMatching(counted.ReplaceAllString(pattern, "{$1}$$")))
	}
	if open := strings.TrimRight(pattern, "*+$"); open+"*$" == pattern || open+"+$" == pattern {
		every = append(every, rapid.StringMatching(open+"{50}$"))
	}
	return rapid.OneOf(every...).Filter(func(s string) bool {
		n := utf8.RuneCountInString(s)
		return n >= l.shortest && (l.longest == 0 || n <= l.longest)
	})
}

// bad draws texts that the documents do not allow for a member. It is nil if everything is allowed.
func bad(m member, l limits) *rapid.Generator[string] {
	var every []*rapid.Generator[string]
	add := func(texts ...string) { every = append(every, rapid.SampledFrom(texts)) }
	if l.required && l.shortest > 0 {
		add("")
	}
	if l.longest > 0 {
		every = append(every, rapid.Custom(func(t *rapid.T) string {
			s := good(m, l).Draw(t, "good")
			return s + strings.Repeat("1", l.longest+rapid.SampledFrom([]int{1, 1, 2, 100}).Draw(t, "over")-utf8.RuneCountInString(s))
		}))
	}
	if l.pattern != "" && !m.URL && !m.Solid {
		allowed := regexp.MustCompile(l.pattern)
		every = append(every, rapid.Custom(func(t *rapid.T) string {
			s := good(m, l).Draw(t, "good")
			i := rapid.IntRange(0, len(s)).Draw(t, "at")
			return s[:i] + rapid.SampledFrom([]string{" ", "\n", "\x00", "é", "०", "/", "%", "<", "'", "&", "aa", "00"}).Draw(t, "stray") + s[i:]
		}).Filter(func(s string) bool { return !allowed.MatchString(s) }))
	}
	if len(l.enum) > 0 {
		one := l.enum[0]
		add(strings.ToLower(one)+"1", one+" ", " "+one, "x", one+","+one, one+"\n")
	}
	if l.format == "email" {
		add("x", "@x", "x@", "a b@x.com", "A <a@b.com>", "a@b@c", "a@b.com,c@d.com", "a@b.com\n")
	}
	if m.Joined {
		add(" ", "\t", "\u00a0") // nothing would be left of it
	}
	if m.URL {
		add("/back", "back", "merchant.example/back", "ftp://merchant.example", "//merchant.example/back", "https://", "javascript:alert(1)", "https://merchant.example/\x7f", "https://a b/")
	}
	if len(every) == 0 {
		return nil
	}
	return rapid.OneOf(every...)
}
