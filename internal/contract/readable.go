package contract

import (
	"reflect"
	"strings"
	"unicode/utf8"
)

// unreadable names the first text below a value that is not UTF-8, "" if there
// is none. Names are those of fixtures; those of notes are texts of somebody.
func unreadable(v reflect.Value, at string) string {
	switch v.Kind() { // the kinds that texts stand in
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
