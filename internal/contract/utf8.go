package contract

import (
	"reflect"
	"strings"
	"unicode/utf8"
)

// invalidUTF8 returns the name of the first text below a value that is not UTF-8, or "".
// Names are the yaml names of fixtures. For an entry of a map it returns the name of
// the map, because the keys of a map can be private.
func invalidUTF8(v reflect.Value, at string) string {
	switch v.Kind() { // other kinds hold no text
	case reflect.String:
		if !utf8.ValidString(v.String()) {
			return at
		}
	case reflect.Pointer:
		if !v.IsNil() {
			return invalidUTF8(v.Elem(), at)
		}
	case reflect.Map:
		for _, name := range v.MapKeys() {
			if invalidUTF8(name, at)+invalidUTF8(v.MapIndex(name), at) != "" {
				return at
			}
		}
	case reflect.Struct:
		for i := range v.NumField() {
			name, _, _ := strings.Cut(v.Type().Field(i).Tag.Get("yaml"), ",")
			if field := invalidUTF8(v.Field(i), at+"."+name); field != "" {
				return field
			}
		}
	}
	return ""
}
