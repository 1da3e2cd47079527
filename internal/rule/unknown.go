package rule

import (
	"net/url"
	"slices"
	"strings"

	"assay/internal/contract"
	"assay/internal/openapi"
	"assay/internal/route"
)

// UnknownOperation returns the findings about a request to a host of a provider that
// matches none of its operations, not even nearly: an info that names method, host and
// path, and an error if it sends credentials over http.
func UnknownOperation(s *openapi.Spec, r contract.Request) []contract.Finding {
	p := &Subject{Spec: s}
	method, address := ShownMethod(r.Method), shownHost(r.URL)+ShownPath(s, r.URL.Path)
	for _, known := range addressRules() {
		p.rule = &known
		switch {
		case known.ID == contract.OperationDocumented:
			p.addWithSeverity(contract.Info, contract.RequestPath, method+" "+address, operationUnknown, contract.ArgText("method", method), contract.ArgText("address", address))
		case httpsOnly(s) && inClear(s, r.URL) && showsSender(s, r):
			p.add(contract.RequestPath, "http", sentInClear)
		}
	}
	return p.findings
}

// showsSender reports whether a request has a credential at a place where an operation of the
// provider has one.
func showsSender(s *openapi.Spec, r contract.Request) bool {
	if r.Header.Get("Authorization") != "" {
		return true
	}
	for _, o := range s.Operations {
		for _, a := range o.Authorizations() {
			if strings.Join(a.Values(r), "") != "" {
				return true
			}
		}
	}
	return false
}

const (
	hidden         = "{…}" // stands for what is not shown
	longestShown   = 120   // bytes of a host, and of a path
	longestSegment = 40    // bytes of a segment of a path
	longestMethod  = 20    // bytes of a method
	longestWord    = 20    // bytes of a word in a segment
)

// ShownMethod returns a method if it is a word, as all registered methods are.
func ShownMethod(method string) string {
	if method == "" || len(method) > longestMethod || strings.Trim(method, alphabet) != "" {
		return hidden
	}
	return method
}

// alphabet has the characters of words in addresses.
const alphabet = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

// shownHost returns the host of a URL if it has the characters of one.
func shownHost(u *url.URL) string {
	host := strings.ToLower(u.Host)
	if len(host) > longestShown || strings.Trim(host, "abcdefghijklmnopqrstuvwxyz0123456789.-:[]") != "" {
		return hidden
	}
	return host
}

// ShownPath returns a path in which each segment that can be a value is hidden: numbers,
// ids, tokens, and whatever is not a word. Segments of documented paths are shown, and
// what stands at the place of a documented parameter is hidden.
func ShownPath(s *openapi.Spec, path string) string {
	var b strings.Builder
	documented := documentedPaths(s)
	segments := strings.Split(strings.TrimPrefix(path, "/"), "/")
	for i, segment := range segments {
		if b.Len() > longestShown || i > 12 {
			return b.String() + "/" + hidden
		}
		if b.WriteByte('/'); segment != "" && (isValue(documented, segments[:i+1]) || !documentedSegment(documented, segment) && !isWord(segment)) {
			segment = hidden
		}
		b.WriteString(segment)
	}
	return b.String()
}

// documentedPaths returns the segments of all documented paths.
func documentedPaths(s *openapi.Spec) [][]string {
	var all [][]string
	for _, o := range s.Operations {
		for _, path := range s.Paths(o) {
			all = append(all, strings.Split(strings.TrimPrefix(path.Text(), "/"), "/"))
		}
	}
	return all
}

// documentedSegment reports whether a segment is part of a documented path.
func documentedSegment(documented [][]string, segment string) bool {
	return !strings.Contains(segment, "{") && slices.ContainsFunc(documented, func(path []string) bool { return slices.Contains(path, segment) })
}

// isValue reports whether the last segment of a path stands where a documented path has a
// parameter, and no documented path has this segment there. Before the documented path may
// stand anything, such as the path of a gateway.
func isValue(documented [][]string, path []string) bool {
	found := false
	for first := range path {
		below := path[first:]
		last := len(below) - 1
		for _, one := range documented {
			if len(one) < len(below) || !slices.EqualFunc(one[:last], below[:last], func(own, segment string) bool {
				return strings.Contains(own, "{") || strings.EqualFold(own, segment)
			}) {
				continue
			}
			if last > 0 && one[last] == below[last] {
				return false
			}
			found = found || (last > 0 || first == 0) && strings.Contains(one[last], "{")
		}
	}
	return found
}

// isWord reports whether a segment is made of words, as names of resources are,
// joined by - and _, or a version such as v2, or a file name such as app.js. An id or a
// token has digits, or does not look like a word.
func isWord(segment string) bool {
	if len(segment) > longestSegment {
		return false
	}
	if digits, is := strings.CutPrefix(strings.ToLower(segment), "v"); is && len(digits) > 0 && len(digits) <= 2 && strings.Trim(digits, "0123456789.") == "" {
		return true
	}
	for _, word := range strings.FieldsFunc(segment, func(r rune) bool { return r == '-' || r == '_' || r == '.' }) {
		if len(word) > longestWord || strings.Trim(word, alphabet) != "" || capitals(word) || route.Random(word) {
			return false
		}
	}
	return true
}

// capitals reports whether a word is a long row of capitals, as tokens are.
func capitals(word string) bool { return len(word) > 8 && strings.ToUpper(word) == word }
