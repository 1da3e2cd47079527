package contract

import (
	"encoding/base64"
	"net/url"
	"strings"
)

// AbsoluteURL reports whether a text is an absolute http or https URL with a host.
func AbsoluteURL(text string) bool {
	if len(text) < len("http://") || !strings.EqualFold(text[:len("http")], "http") {
		return false
	}
	if PlainURL(text) {
		return true
	}
	u, err := url.Parse(text)
	return err == nil && u.Hostname() != "" && (u.Scheme == "https" || u.Scheme == "http")
}

// PlainURL reports whether a text surely is such a URL: a name as host, and only characters
// that need no escapes. It is what most URLs are, and costs no memory.
func PlainURL[T string | []byte](text T) bool {
	i := len("http")
	if len(text) > i && text[i] == 's' {
		i++
	}
	if len(text) < i+3 || string(text[:4]) != "http" || string(text[i:i+3]) != "://" {
		return false
	}
	from := i + 3
	for i = from; i < len(text) && hostCharacters[text[i]]; i++ {
	}
	if i == from || i < len(text) && text[i] != '/' {
		return false
	}
	for ; i < len(text); i++ {
		if !urlCharacters[text[i]] {
			return false
		}
	}
	return true
}

// The characters of names of hosts, and of URLs without escapes.
var (
	hostCharacters = characters("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-")
	urlCharacters  = characters("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-/?#=&_~:+,;@!*'()")
)

func characters(all string) (set [256]bool) {
	for i := range len(all) {
		set[all[i]] = true
	}
	return set
}

// EncodedURL reports whether a text is an absolute http or https URL in base64, with or
// without padding. A text that begins like one and cannot be decoded counts as well:
// documents cut their samples.
func EncodedURL(text string) bool {
	var room, decoded [1024]byte
	if plain := strings.TrimRight(text, "="); len(plain) <= len(room) {
		n := copy(room[:], plain)
		for i, c := range room[:n] {
			switch c {
			case '-':
				room[i] = '+'
			case '_':
				room[i] = '/'
			}
		}
		if n, err := base64.RawStdEncoding.Decode(decoded[:], room[:n]); err == nil {
			return PlainURL(decoded[:n]) || AbsoluteURL(string(decoded[:n]))
		}
		return beginsEncoded(text)
	}
	plain := strings.NewReplacer("-", "+", "_", "/").Replace(strings.TrimRight(text, "="))
	if decoded, err := base64.RawStdEncoding.DecodeString(plain); err == nil {
		return AbsoluteURL(string(decoded))
	}
	return beginsEncoded(text)
}

func beginsEncoded(text string) bool {
	return strings.HasPrefix(text, "aHR0cHM6") || strings.HasPrefix(text, "aHR0cDov")
}
