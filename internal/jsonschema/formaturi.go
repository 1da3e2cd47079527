package jsonschema

import (
	"bytes"
	"net/netip"
)

// isURI checks the syntax of an absolute URI with or without a fragment: URI of RFC
// 3986, appendix A.
func isURI(text []byte) bool {
	scheme, rest, found := bytes.Cut(text, []byte{':'})
	if !found || !isScheme(scheme) {
		return false
	}
	rest, fragment, _ := bytes.Cut(rest, []byte{'#'})
	rest, query, _ := bytes.Cut(rest, []byte{'?'})
	if after, ok := bytes.CutPrefix(rest, []byte("//")); ok {
		authority := after
		if at := bytes.IndexByte(after, '/'); at >= 0 {
			authority = after[:at]
		}
		rest = after[len(authority):]
		if !isAuthority(authority) {
			return false
		}
	}
	return allOf(rest, ":@/") && allOf(query, ":@/?") && allOf(fragment, ":@/?")
}

func isScheme(text []byte) bool {
	for i, c := range text {
		if !isAlpha(c) && (i == 0 || !isDigit(c) && c != '+' && c != '-' && c != '.') {
			return false
		}
	}
	return len(text) > 0
}

// isAuthority checks user information, host and port.
func isAuthority(text []byte) bool {
	if user, host, found := bytes.Cut(text, []byte{'@'}); found {
		if !allOf(user, ":") {
			return false
		}
		text = host
	}
	host, port := text, []byte(nil)
	if at := bytes.LastIndexByte(text, ':'); at >= 0 && bytes.IndexByte(text[at:], ']') < 0 {
		host, port = text[:at], text[at+1:]
	}
	for _, c := range port {
		if !isDigit(c) {
			return false
		}
	}
	if len(host) > 0 && host[0] == '[' {
		return host[len(host)-1] == ']' && isLiteral(host[1:len(host)-1])
	}
	return allOf(host, "")
}

// isLiteral checks what stands in the brackets of a host: an IPv6 address, or one of a
// later version.
func isLiteral(text []byte) bool {
	if isIP(text, netip.Addr.Is6) {
		return true
	}
	if len(text) == 0 || text[0]|0x20 != 'v' {
		return false
	}
	version, address, found := bytes.Cut(text[1:], []byte{'.'})
	for _, c := range version {
		if !isHex(c) {
			return false
		}
	}
	return found && len(version) > 0 && len(address) > 0 && bytes.IndexByte(address, '%') < 0 && allOf(address, ":")
}

// allOf reports whether a text has only unreserved characters, sub-delimiters,
// percent-encoded bytes and the characters of more.
func allOf(text []byte, more string) bool {
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case isAlpha(c), isDigit(c), bytes.IndexByte([]byte("-._~!$&'()*+,;="), c) >= 0:
		case c == '%':
			if i+2 >= len(text) || !isHex(text[i+1]) || !isHex(text[i+2]) {
				return false
			}
			i += 2
		case bytes.IndexByte([]byte(more), c) < 0:
			return false
		}
	}
	return true
}
