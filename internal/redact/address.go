package redact

import (
	"net/url"
	"regexp"
	"strings"
)

// addressForm matches an address that may have a query, a fragment or a user. The scheme
// may be missing.
var addressForm = regexp.MustCompile(`(?i)[a-z][a-z0-9+.-]*:(?:[^\s"'<>\\]|\\/)+|[^\s"'<>\\?#]*[?#][^\s"'<>\\]+`)

// addresses visits the values in the addresses of a text: of the query, of the fragment, and
// user and password. It returns the text with the results of visit. Scheme, host and path
// stay.
func addresses(text string, visit func(value string) string) string {
	if !strings.ContainsAny(text, "?#@") || !strings.ContainsAny(text, "=@") {
		return text
	}
	return addressForm.ReplaceAllStringFunc(text, func(address string) string {
		front, fragment, hashed := strings.Cut(address, "#")
		front, query, asked := strings.Cut(front, "?")
		if scheme, rest, ok := strings.Cut(front, "://"); ok {
			host, path, more := strings.Cut(rest, "/")
			if i := strings.LastIndexByte(host, '@'); i >= 0 {
				user, password, two := strings.Cut(host[:i], ":")
				user = parameter(user, visit)
				if two {
					user += ":" + parameter(password, visit)
				}
				host = user + host[i:]
			}
			front = scheme + "://" + host
			if more {
				front += "/" + path
			}
		}
		if asked && strings.Contains(query, "=") {
			query = parameters(query, visit)
		}
		if hashed && strings.Contains(fragment, "=") {
			before, rest, routed := strings.Cut(fragment, "?")
			if routed {
				fragment = before + "?" + parameters(rest, visit)
			} else {
				fragment = parameters(fragment, visit)
			}
		}
		if asked {
			front += "?" + query
		}
		if hashed {
			front += "#" + fragment
		}
		return front
	})
}

// parameters visits the values of a query as it is written.
func parameters(query string, visit func(string) string) string {
	var b strings.Builder
	for query != "" {
		end := strings.IndexAny(query, "&;")
		one, separator := query, ""
		if end >= 0 {
			one, separator = query[:end], query[end:end+1]
		}
		query = query[len(one)+len(separator):]
		name, value, pair := strings.Cut(one, "=")
		if pair {
			name += "=" + parameter(value, visit)
		}
		b.WriteString(name + separator)
	}
	return b.String()
}

func parameter(value string, visit func(string) string) string {
	plain, err := url.QueryUnescape(value)
	if err != nil {
		plain = value
	}
	if clean := visit(plain); clean != plain {
		return url.QueryEscape(clean)
	}
	return value
}
