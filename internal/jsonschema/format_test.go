package jsonschema_test

import (
	"encoding/base64"
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"assay/internal/jsonschema"
)

// formatOf is a schema of one format.
func formatOf(name string) *jsonschema.Schema {
	s := jsonschema.Anything()
	s.Format = jsonschema.FormatOf(name)
	return s
}

// TestFormats holds texts that are of a format, and their neighbours that are not.
func TestFormats(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("a", 63)
	for name, c := range map[string]struct{ is, not []string }{
		"date": {
			[]string{"2024-02-29", "2000-02-29", "0000-01-01", "9999-12-31"},
			[]string{"", "2026-02-31", "2023-02-29", "1900-02-29", "2024-13-01", "2024-00-10", "2024-01-00", "2024-04-31", "2024-1-1", "24-01-01", "20240101", "2024-01-01T", " 2024-01-01", "2024-01-01\n", "+2024-01-1", "2024/01/01", "2024-W01-1", "২০২৪-01-01", "-024-01-01"},
		},
		"date-time": {
			[]string{"2024-01-02T03:04:05Z", "2024-01-02t03:04:05z", "2024-01-02T03:04:05.123456789012+05:30", "2024-01-02T03:04:05-23:59", "2016-12-31T23:59:60Z", "2017-01-01T05:29:60+05:30", "1998-12-31T15:59:60.5-08:00", "2024-01-02T00:00:00-00:00"},
			[]string{"2026-02-31T10:00:00Z", "2026-02-31T10:00:00+99:99", "2024-01-02T24:00:00Z", "2024-01-02T23:60:00Z", "2024-01-02T23:59:61Z", "2024-01-02T23:58:60Z", "2016-12-31T23:59:60+05:30", "2024-01-02T03:04:05", "2024-01-02 03:04:05Z", "2024-01-02T03:04Z", "2024-01-02T03:04:05.Z", "2024-01-02T03:04:05,1Z", "2024-01-02T03:04:05+0530", "2024-01-02T03:04:05+05", "2024-01-02T03:04:05+24:00", "2024-01-02T03:04:05+05:60", "2024-01-02T03:04:05ZZ", "2024-01-02T3:04:05Z", "2024-01-02", "", "2024-01-02T03:04:05.1৪Z"},
		},
		"uuid": {
			[]string{"2eb8aa08-aa98-11ea-b4aa-73b441d16380", "2EB8AA08-AA98-11EA-B4AA-73B441D16380", "00000000-0000-0000-0000-000000000000", "2eb8aa08-aa98-f1ea-f4aa-73b441d16380"},
			[]string{"", "zz", "2eb8aa08aa9811eab4aa73b441d16380", "2eb8aa08-aa98-11ea-b4aa-73b441d1638", "2eb8aa08-aa98-11ea-b4aa-73b441d163800", "2eb8aa08-aa98-11ea-b4aa73b441d16380-", "2eb8aa08-aa98-11ea-b4aa-73b441d1638g", "{2eb8aa08-aa98-11ea-b4aa-73b441d16380}", "urn:uuid:2eb8aa08-aa98-11ea-b4aa-73b441d16380", "2eb8aa08-aa98-11ea-b4aa-73b441d1638\n"},
		},
		"ipv4": {
			[]string{"0.0.0.0", "255.255.255.255", "10.0.0.1"},
			[]string{"", "999.1", "256.0.0.1", "1.2.3", "1.2.3.4.5", "01.2.3.4", "1.2.3.4/24", " 1.2.3.4", "1.2.3.4\n", "0x7f.0.0.1", "2130706433", "::1", "1.2.3.", "1..2.3", "1.2.3.4:80", "১.2.3.4"},
		},
		"ipv6": {
			[]string{"::", "::1", "1::", "2001:db8::7", "::ffff:192.0.2.1", "1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7::", "ABCD:ef01::"},
			[]string{"", ":", ":::", "1::2::3", "12345::", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "::1%eth0", "::1/64", "[::1]", "::ffff:192.0.2", "::ffff:192.0.2.256", "1.2.3.4", " ::1", "::g", ":1", "1:2:3:4:5:6:7:8::"},
		},
		"hostname": {
			[]string{"localhost", "a", "1host", "www.example.com", "xn--4gbwdl.xn--wgbh1c", "a-b.c--d", long + ".example", "1.2.3.4", "A.B"},
			[]string{"", ".", "-_-", "-a", "a-", "a.-b", "a-.b", "a_b", "a..b", ".a", "a.", long + "a.example", strings.Repeat(long+".", 4) + "a", "a b", "a:80", "müller.example", "example．com", "a\n"},
		},
		"email": {
			[]string{"payer@example.com", "a.b+c@example.com", "~te~st~@example.com", `"joe bloggs"@example.com`, `"joe..b"@example.com`, `"a@b"@example.com`, `"a\"b"@example.com`, "a@[127.0.0.1]", "a@[IPv6:::1]", "a@localhost", strings.Repeat("a", 64) + "@example.com"},
			[]string{"", "2962", "not an address", "@example.com", "a@", ".a@example.com", "a.@example.com", "a..b@example.com", "a@b=c.com", "a@[127.0.0.300]", "a@[::1]", "a@b@c", "a b@example.com", "<a@example.com>", "A <a@example.com>", "a@example.com, b@example.com", `"a"b@example.com`, `"a@example.com`, "a@-b.com", "a@b_c.com", "a@example.com\n", "é@example.com", "a@é.com", strings.Repeat("a", 65) + "@example.com"},
		},
		"uri": {
			[]string{"https://shop.example.com/a?b=c#d", "http://foo.bar/?q=Test%20URL-encoded%20stuff", "http://-.~_!$&'()*+,;=:%40:80%2f::::::@example.com", "ldap://[2001:db8::7]/c=GB?objectClass?one", "mailto:a@example.com", "tel:+1-816-555-1212", "urn:isbn:1", "http://a:8080", "http://[v1.a:b]/", "a:", "file:///etc", "http://a?b?c/d#e?f", "upi://pay?pa=a@b&am=1.00"},
			[]string{"", "abc", "//example.com", "/a", "#a", "?a", ":a", "1a:b", "a_b:c", "http:// a", "http://a b", "http://a/%", "http://a/%2", "http://a/%zz", `http://a\b`, "http://a/<b>", "http://a/{b}", "http://a/|", "http://a/^", "http://a/`", `http://a/"`, "http://a:8a", "http://[::1", "http://::1]", "http://[::1%25eth0]/", "http://[a]/", "http://a[b]/", "http://a@b@c", "http://é", "http://a#b#c", "http://a\n", "http://a/[b]", "bar,baz:foo"},
		},
		"byte": {
			[]string{"", "QQ==", "QUI=", "QUJD", "+/+/", strings.Repeat("QUJD", 100)},
			[]string{"Q", "QQ", "QQ=", "QUJ", "QUJD\n", "QU JD", "-_-_", "QQ==QQ==", "====", "Q===", "QR==", "QUJ=", "é==="},
		},
	} {
		accepts := everyWay(t, formatOf(name))
		for want, texts := range map[bool][]string{true: c.is, false: c.not} {
			for _, text := range texts {
				raw := quoted(text)
				if accepts(raw) != want {
					t.Errorf("%s: %q is accepted: %t", name, text, !want)
				}
			}
		}
		if !accepts([]byte("7")) || !accepts([]byte("null")) || !accepts([]byte("{}")) {
			t.Errorf("%s applies to more than strings", name)
		}
	}
	for name, c := range map[string]struct{ is, not []string }{
		"int32": {[]string{"0", "2147483647", "-2147483648", "1.0", "2.147483647e9"}, []string{"2147483648", "-2147483649", "0.5", "1e10"}},
		"int64": {[]string{"9223372036854775807", "-9223372036854775808", "9007199254740993"}, []string{"9223372036854775808", "-9223372036854775809", "1e19", "1e-1"}},
	} {
		accepts := everyWay(t, formatOf(name))
		for want, numbers := range map[bool][]string{true: c.is, false: c.not} {
			for _, number := range numbers {
				if accepts([]byte(number)) != want {
					t.Errorf("%s: %s is accepted: %t", name, number, !want)
				}
			}
		}
		if !accepts([]byte(`"x"`)) {
			t.Errorf("%s applies to more than numbers", name)
		}
	}
	if want := []string{"byte", "date", "date-time", "email", "hostname", "int32", "int64", "ipv4", "ipv6", "uri", "uuid"}; !slices.Equal(jsonschema.Formats(), want) || jsonschema.FormatOf("emial") != nil {
		t.Errorf("the formats are %q", jsonschema.Formats())
	}
}

// FuzzFormats: what a format accepts, the library that clients read it with accepts.
func FuzzFormats(f *testing.F) {
	for _, text := range []string{"2016-12-31T23:59:60Z", "2024-01-02t03:04:05.1-08:00", "a@example.com", "https://a:1/b?c#d", "QUI=", "::ffff:1.2.3.4", "1.2.3.4", "a-b.c", "2eb8aa08-aa98-11ea-b4aa-73b441d16380"} {
		f.Add(text)
	}
	readers := map[string]func(text string) error{
		"date": func(text string) error { _, err := time.Parse(time.DateOnly, text); return err },
		"date-time": func(text string) error {
			text = strings.ToUpper(text)
			if text[17:19] == "60" {
				text = text[:17] + "59" + text[19:] // package time has no leap seconds
			}
			_, err := time.Parse(time.RFC3339, text)
			return err
		},
		"uri": func(text string) error {
			_, err := url.Parse(strings.ReplaceAll(text, "%", "")) // net/url wants fewer percent signs in hosts
			return err
		},
		"byte": func(text string) error { _, err := base64.StdEncoding.Strict().DecodeString(text); return err },
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, name := range jsonschema.Formats() {
			one := jsonschema.FormatOf(name)
			if one.Text == nil || !one.Text([]byte(text)) {
				continue
			}
			if strings.ContainsFunc(text, func(r rune) bool { return r <= ' ' && name != "email" || r > '~' }) {
				t.Errorf("%s: %q has a character outside ASCII, or white space", name, text)
			}
			if read := readers[name]; read != nil {
				if err := read(text); err != nil {
					t.Errorf("%s: %q: %v", name, text, err)
				}
			}
		}
	})
}

func quoted(text string) []byte {
	raw, _ := json.Marshal(text) // a text
	return raw
}
