package skeleton

import (
	"encoding/json"
	"strings"
	"unicode"

	"assay/internal/lazy"
)

// The values that stand for others. None belongs to a person.
var (
	byFormat   = map[string]string{"date-time": "2030-01-01T00:00:00Z", "date": "2030-01-01", "uuid": "00000000-0000-4000-8000-000000000001", "email": "zzz@example.com", "ipv4": "192.0.2.1", "uri": "https://example.com/"}
	byPersonal = map[string]string{"pan": "ZZZPZ0000Z", "name": "zzzz", "email": "zzz@example.com", "mobile": "0000000001", "account": "000000000001", "address": "zzzz"}
)

const surrogateSecret = "assay-test-secret"

var (
	upperWord = lazy.Regexp(`^[A-Z][A-Z_]{0,23}$`)
	lowerWord = lazy.Regexp(`^[a-z][a-z_]{0,23}$`)
	wordName  = lazy.Regexp(`(^|_)(currency|currency_code|country_code|language|locale|unit|result|reason|code|type|method|mode|status|state|channel|country|intent|event|object|entity|action|category|scheme|network)$`)
	idPrefix  = lazy.Regexp(`^(order|pay|payment|plink|link|cust|customer|rfnd|refund|txn|tok|token|inv|invoice|sub|plan|qr|acc|card|evt|req|session)_`)
)

// few reports whether the texts are the words of a list: there are few of them, and they
// came again and again.
func (v *value) few() bool {
	return !v.many && len(v.texts) <= 8 && (v.n >= 3*len(v.texts) || len(v.texts) == 1 && wordName().MatchString(snake(v.name)))
}

// shows reports whether a text may be written: it is a word of a list, at a member that has
// such words by its name. A member called nickname has names.
func (v *value) shows(text string) bool {
	if personal, secret := v.hidden(); personal != "" || secret || !v.few() {
		return false
	}
	return wordName().MatchString(snake(v.name)) && (lowerWord().MatchString(text) || upperWord().MatchString(text) && (len(text) <= 3 || v.n >= 3))
}

// surrogate returns a value of the same form. fixed has what stands at
// some pointers; nil keeps the value itself.
func (v *value) surrogate(seen any, at string, fixed map[string]any) any {
	switch seen := seen.(type) {
	case json.Number:
		if by, is := fixed[at]; is {
			return orOwn(by, seen)
		}
		if personal, secret := v.hidden(); personal != "" || secret {
			return json.Number("1")
		}
		return numberLike(seen)
	case string:
		if by, is := fixed[at]; is {
			return orOwn(by, seen)
		}
		if seen == "" || v.shows(seen) {
			return seen
		}
		return v.textLike(seen)
	case []any:
		all := []any{}
		for i, item := range seen {
			if i == 2 || v.item == nil {
				break // two show that it is a list
			}
			all = append(all, v.item.surrogate(item, at+"/*", fixed))
		}
		return all
	case map[string]any:
		all := map[string]any{}
		for name, of := range seen {
			if m := v.members[name]; m != nil {
				all[name] = m.surrogate(of, at+"/"+strings.NewReplacer("~", "~0", "/", "~1").Replace(name), fixed)
			}
		}
		return all
	}
	return seen
}

// textLike returns a text of the same form.
func (v *value) textLike(seen string) any {
	personal, secret := v.hidden()
	format := v.formatOf()
	switch {
	case format != "":
		return byFormat[format]
	case secret:
		return surrogateSecret
	case personal != "":
		return byPersonal[personal]
	}
	prefix := ""
	if p := idPrefix().FindString(seen); p != "" && isID(seen) && len(v.texts) != 1 && v.startWith(p) {
		prefix = p
	}
	return prefix + sameForm(seen[len(prefix):])
}

// startWith reports whether all texts have a prefix.
func (v *value) startWith(prefix string) bool {
	for text := range v.texts {
		if text != "" && !strings.HasPrefix(text, prefix) {
			return false
		}
	}
	return !v.many || v.n > mostTexts
}

// sameForm replaces each letter or digit: by z, and by 0, the first digit by 1. It keeps a hundred
// characters.
func sameForm(text string) string {
	first := true
	var b strings.Builder
	for i, c := range []rune(text) {
		switch {
		case i == 100:
			return b.String()
		case unicode.IsDigit(c) && first:
			b.WriteByte('1')
			first = false
		case unicode.IsDigit(c):
			b.WriteByte('0')
		case unicode.IsUpper(c):
			b.WriteByte('Z')
		case unicode.IsLetter(c):
			b.WriteByte('z')
		case c < unicode.MaxASCII && unicode.IsPrint(c):
			b.WriteRune(c)
		default:
			b.WriteByte('z')
		}
	}
	return b.String()
}

// numberLike replaces a number by one with as many digits, and keeps only zero.
// A time since 1970 becomes a time.
func numberLike(n json.Number) json.Number {
	text := n.String()
	whole, rest, decimal := strings.Cut(strings.TrimPrefix(text, "-"), ".")
	switch {
	case strings.ContainsAny(text, "eE"):
		return "100.5"
	case len(whole) == 10 && whole[0] == '1' && !decimal:
		return "1893456000"
	case len(whole) == 13 && whole[0] == '1' && !decimal:
		return "1893456000000"
	case whole == "0":
	default:
		whole = "1" + strings.Repeat("0", min(len(whole), 15)-1)
	}
	if decimal {
		return json.Number(whole + "." + strings.Repeat("5", min(len(rest), 4)))
	}
	return json.Number(whole)
}

// orOwn returns what stands for a value, or the value itself.
func orOwn(by, own any) any {
	if by == nil {
		return own
	}
	return by
}
