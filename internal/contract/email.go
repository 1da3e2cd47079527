package contract

import (
	"bytes"
	"net/netip"
)

// IsEmail checks Mailbox of RFC 5321, section 4.1.2, with the lengths of section 4.5.3.1.
func IsEmail(text []byte) bool {
	local := localPart(text)
	if local == 0 || local > 64 || local >= len(text) || text[local] != '@' {
		return false
	}
	domain := text[local+1:]
	if len(domain) == 0 || len(domain) > 255 {
		return false
	}
	if domain[0] != '[' {
		return IsHostname(domain)
	}
	if domain[len(domain)-1] != ']' {
		return false
	}
	literal := domain[1 : len(domain)-1]
	const six = "IPv6:"
	if len(literal) > len(six) && bytes.EqualFold(literal[:len(six)], []byte(six)) {
		return isAddress(literal[len(six):], netip.Addr.Is6)
	}
	return isAddress(literal, netip.Addr.Is4)
}

// localPart returns the length of what stands before the @; 0: it is not valid.
func localPart(text []byte) int {
	if len(text) > 0 && text[0] == '"' {
		return quotedPart(text)
	}
	word := false
	for i, c := range text {
		switch {
		case isAlpha(c), isDigit(c), bytes.IndexByte([]byte("!#$%&'*+-/=?^_`{|}~"), c) >= 0:
			word = true
		case c == '.' && word:
			word = false
		case c == '@' && word:
			return i
		default:
			return 0
		}
	}
	return 0
}

// quotedPart is localPart for a quoted string.
func quotedPart(text []byte) int {
	for i := 1; i < len(text); i++ {
		switch c := text[i]; {
		case c == '"':
			return i + 1
		case c == '\\' && i+1 < len(text):
			i++
			c = text[i]
			fallthrough
		default:
			if c < ' ' || c > '~' {
				return 0
			}
		}
	}
	return 0
}

// IsHostname checks RFC 1123, section 2.1: labels of a to z, digits and hyphens.
func IsHostname(text []byte) bool {
	if len(text) > 253 {
		return false
	}
	label := 0
	for i, c := range text {
		switch {
		case isDigit(c) || isAlpha(c):
			label++
		case c == '-' && label > 0 && i+1 < len(text) && text[i+1] != '.':
			label++
		case c == '.' && label > 0:
			label = 0
		default:
			return false
		}
		if label > 63 {
			return false
		}
	}
	return label > 0
}

func isAddress(text []byte, version func(netip.Addr) bool) bool {
	address, err := netip.ParseAddr(string(text))
	return err == nil && address.Zone() == "" && version(address)
}

func isDigit(c byte) bool { return c-'0' <= 9 }
func isAlpha(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }
