package jsonschema

import (
	"maps"
	"net/netip"
	"slices"

	"assay/internal/contract"
)

// formats are the formats that a Check enforces. Each is what its RFC says, in ASCII.
var formats = map[string]Format{
	"byte":      {Text: isBase64},
	"date":      {Text: isDate},
	"date-time": {Text: isDateTime},
	"email":     {Text: contract.IsEmail},
	"hostname":  {Text: contract.IsHostname},
	"int32":     {Low: "-2147483648", High: "2147483647"},
	"int64":     {Low: "-9223372036854775808", High: "9223372036854775807"},
	"ipv4":      {Text: func(text []byte) bool { return isIP(text, netip.Addr.Is4) }},
	"ipv6":      {Text: func(text []byte) bool { return isIP(text, netip.Addr.Is6) }},
	"uri":       {Text: isURI},
	"uuid":      {Text: isUUID},
}

// FormatOf returns a format that a Check enforces; nil: it enforces no format of this
// name.
func FormatOf(name string) *Format {
	f, ok := formats[name]
	if !ok {
		return nil
	}
	f.Name = name
	return &f
}

// Formats returns the names of the formats that a Check enforces, sorted.
func Formats() []string { return slices.Sorted(maps.Keys(formats)) }

// isIP reports whether a text is an IP address of one version, without a zone.
func isIP(text []byte, version func(netip.Addr) bool) bool {
	if len(text) > len("ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255") {
		return false
	}
	address, err := netip.ParseAddr(string(text))
	return err == nil && address.Zone() == "" && version(address)
}

// isUUID checks the syntax of RFC 4122: any version and variant, in either case.
func isUUID(text []byte) bool {
	if len(text) != 36 {
		return false
	}
	for i, c := range text {
		switch i {
		case 8, 13, 18, 23:
			if c != '-' {
				return false
			}
		default:
			if !isHex(c) {
				return false
			}
		}
	}
	return true
}

// isBase64 checks RFC 4648, section 4: the standard alphabet with padding, without line
// breaks. Bits that padding leaves over must be zero, as encoders must write them.
func isBase64(text []byte) bool {
	if len(text)%4 != 0 {
		return false
	}
	padding := 0
	for ; padding < 2 && padding < len(text) && text[len(text)-1-padding] == '='; padding++ {
	}
	last := byte(0)
	for _, c := range text[:len(text)-padding] {
		switch {
		case c >= 'A' && c <= 'Z':
			last = c - 'A'
		case c >= 'a' && c <= 'z':
			last = c - 'a' + 26
		case isDigit(c):
			last = c - '0' + 52
		case c == '+':
			last = 62
		case c == '/':
			last = 63
		default:
			return false
		}
	}
	return padding == 0 || last&(1<<(2*padding)-1) == 0
}

func isDigit(c byte) bool { return c-'0' <= 9 }
func isAlpha(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }
func isHex(c byte) bool   { return isDigit(c) || c|0x20 >= 'a' && c|0x20 <= 'f' }
