package skeleton

import (
	"net/url"
	"strconv"
	"strings"

	"assay/internal/lazy"
)

var (
	uuidForm    = lazy.Regexp(`^[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}$`)
	versionForm = lazy.Regexp(`^v?[0-9]{1,2}(\.[0-9]{1,3})*$|^v[0-9]{1,4}$|^[0-9]{4}-[0-9]{2}(-[0-9]{2})?$`)
	prefixed    = lazy.Regexp(`^[A-Za-z]{1,12}[_-][A-Za-z0-9_-]{6,}$`)
	wordsOnly   = lazy.Regexp(`^[A-Za-z]+([_-][A-Za-z]+)*(\.[a-z]{2,5})?$`)
)

// isID reports whether a segment of a path is an id: digits, a UUID, a prefix and a run of
// letters and digits, or such a run.
func isID(segment string) bool {
	digits := strings.Count(strings.Map(func(c rune) rune {
		if c >= '0' && c <= '9' {
			return '0'
		}
		return 'a'
	}, segment), "0")
	switch {
	case uuidForm().MatchString(segment):
		return true
	case segment == "":
		return false
	case digits == len(segment):
		return true
	case digits == 0:
		return prefixed().MatchString(segment) && mixed(segment)
	case prefixed().MatchString(segment):
		return true
	}
	return len(segment) >= 8 && digits >= 2
}

// mixed reports whether the part behind the prefix mixes capitals and small ones in
// more than one place, as ids do and names of paths do not.
func mixed(segment string) bool {
	_, rest, _ := strings.Cut(strings.ReplaceAll(segment, "-", "_"), "_")
	changes := 0
	for i := 1; i < len(rest); i++ {
		if (rest[i] >= 'a') != (rest[i-1] >= 'a') {
			changes++
		}
	}
	return changes >= 3
}

// request is what groups requests into operations.
type request struct {
	method   string
	segments []string
	template bool // the segments are a template: a parameter is {name}
}

func newRequest(method string, u *url.URL) request {
	segments := strings.Split(strings.Trim(u.EscapedPath(), "/"), "/")
	for i, s := range segments {
		if decoded, err := url.PathUnescape(s); err == nil {
			segments[i] = decoded
		}
	}
	return request{strings.ToUpper(method), segments, false}
}

// isParameter reports whether a segment of a template is a parameter: {} has no name yet.
func isParameter(segment string) bool { return strings.HasPrefix(segment, "{") }

// varying is how many values a segment needs before it is an id though it has no digits.
const varying = 12

// templates returns the path template of each request. A segment is a parameter if it is an
// value by itself, or if requests that are otherwise the same have many different ones with
// digits, or names of people. What a collection calls a parameter stays one.
func templates(all []request) []string {
	paths := make([][]string, len(all))
	for i, r := range all {
		paths[i] = make([]string, len(r.segments))
		for k, s := range r.segments {
			switch paths[i][k] = s; {
			case r.template && isParameter(s):
				if !isName(strings.Trim(s, "{}")) {
					paths[i][k] = "{}"
				}
			case isData(r.segments, k):
				paths[i][k] = "{}"
			}
		}
	}
	longest := 0
	for _, p := range paths {
		longest = max(longest, len(p))
	}
	for k := 1; k < longest; k++ { // the first segment names what the API is
		differing := map[string]map[string]bool{}
		around := func(i int) string {
			p := paths[i]
			return all[i].method + " " + strings.Join(p[:k], "/") + "\x00" + strings.Join(p[k+1:], "/")
		}
		for i, p := range paths {
			if k < len(p) && !isParameter(p[k]) && !all[i].template {
				key := around(i)
				if differing[key] == nil {
					differing[key] = map[string]bool{}
				}
				differing[key][p[k]] = true
			}
		}
		ids := map[string]bool{}
		for i, p := range paths {
			if k < len(p) && isParameter(p[k]) {
				ids[around(i)] = true
			}
		}
		for i, p := range paths {
			if k >= len(p) || isParameter(p[k]) || all[i].template {
				continue
			}
			values := differing[around(i)]
			numbered := 0
			for v := range values {
				if strings.ContainsAny(v, "0123456789") && !versionForm().MatchString(v) {
					numbered++
				}
			}
			sibling := ids[around(i)] && !wordsOnly().MatchString(p[k])
			if len(values) >= varying || isNamed(p[k-1], values, k == len(p)-1) || numbered >= 3 && 2*numbered >= len(values) || sibling && numbered > 0 {
				p[k] = "{}"
			}
		}
	}
	texts := make([]string, len(all))
	for i, p := range paths {
		texts[i] = named(p)
	}
	return texts
}

// named gives the parameters of a path names: the last is id, and one before it has the
// name of the segment before it: /customers/{customerId}/orders/{id}.
func named(segments []string) string {
	last := -1
	for k, s := range segments {
		if s == "{}" {
			last = k
		}
	}
	used := map[string]bool{"id": last >= 0}
	for k, s := range segments {
		if name := strings.Trim(s, "{}"); isParameter(s) && name != "" {
			if used[name] {
				segments[k] = "{}"
			}
			used[name] = true
		}
	}
	var b strings.Builder
	for k, s := range segments {
		b.WriteByte('/')
		switch {
		case isParameter(s) && s != "{}":
			b.WriteString(s)
		case s != "{}":
			b.WriteString((&url.URL{Path: s}).EscapedPath())
		case k == last:
			b.WriteString("{id}")
		default:
			name := "item"
			if k > 0 && !isParameter(segments[k-1]) {
				name = singular(camel(segments[k-1]))
			}
			name += "Id"
			for n := 2; used[name]; n++ {
				name = strings.TrimRight(name, "0123456789") + strconv.Itoa(n)
			}
			used[name] = true
			b.WriteString("{" + name + "}")
		}
	}
	return b.String()
}

func singular(word string) string {
	if len(word) > 3 && strings.HasSuffix(word, "s") && !strings.HasSuffix(word, "ss") && !strings.HasSuffix(word, "us") {
		return strings.TrimSuffix(word, "s")
	}
	return word
}

// operationID names an operation after its method and path: createOrder for POST /v1/orders,
// getOrder for GET /v1/orders/{id}.
func operationID(method, path string) string {
	var words []string
	parameter := false
	for s := range strings.SplitSeq(strings.Trim(path, "/"), "/") {
		if parameter = strings.HasPrefix(s, "{"); parameter {
			if len(words) > 0 {
				words[len(words)-1] = singular(words[len(words)-1])
			}
			continue
		}
		if !versionForm().MatchString(s) && s != "api" {
			words = append(words, s)
		}
	}
	verb := strings.ToLower(method)
	if verb == "post" && !parameter && len(words) > 0 && strings.HasSuffix(words[len(words)-1], "s") {
		words[len(words)-1] = singular(words[len(words)-1])
		verb = "create"
	}
	words = words[max(0, len(words)-2):]
	return camel(append([]string{verb}, words...)...)
}
