package contract

import (
	"reflect"
	"strings"
	"unicode/utf8"
)

// Readable refuses an ask in which a text is not UTF-8. JSON cannot carry such
// a text; an encoder would send another one in its place, and two references
// could become one.
func Readable(provider string, ask Ask) error {
	for name, part := range map[string]any{"order": ask.Order, "kyc": ask.KYC} {
		if field := unreadable(reflect.ValueOf(part), name); field != "" {
			return &RefusedError{provider, field, "is not UTF-8"}
		}
	}
	return nil
}

// unreadable names the first text below a value that is not UTF-8, "" if there
// is none. Names are those of fixtures; those of notes are texts of somebody.
func unreadable(v reflect.Value, at string) string {
	switch v.Kind() { //nolint:exhaustive // the kinds that texts stand in
	case reflect.String:
		if !utf8.ValidString(v.String()) {
			return at
		}
	case reflect.Pointer:
		if !v.IsNil() {
			return unreadable(v.Elem(), at)
		}
	case reflect.Map:
		for _, name := range v.MapKeys() {
			if unreadable(name, at)+unreadable(v.MapIndex(name), at) != "" {
				return at
			}
		}
	case reflect.Struct:
		for i := range v.NumField() {
			name, _, _ := strings.Cut(v.Type().Field(i).Tag.Get("yaml"), ",")
			if field := unreadable(v.Field(i), at+"."+name); field != "" {
				return field
			}
		}
	}
	return ""
}
