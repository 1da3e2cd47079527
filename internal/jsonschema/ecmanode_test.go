//go:build suites

package jsonschema_test

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"assay/internal/jsonschema"
)

// askNode reads pairs of a pattern and texts, and writes for each pattern null if
// ECMA 262 refuses it, otherwise whether each text matches.
const askNode = `
const all = JSON.parse(require("fs").readFileSync(0, "utf8"));
process.stdout.write(JSON.stringify(all.map(({pattern, texts}) => {
  let r;
  try { r = new RegExp(pattern) } catch { return null }
  return texts.map(t => r.test(t));
})));`

// TestPatternsBesideNode compares random patterns with the regular expressions of Node:
// a pattern that we translate is one of ECMA 262, and matches the same texts.
func TestPatternsBesideNode(t *testing.T) {
	t.Parallel()
	pieces := []string{
		"a", "b", "1", ".", "^", "$", "[ab]", "[^a]", "[^\\n]", "[a-c]", "[\\w-]", "[[]", "[]", "[^]", "[[:a]]", "[\\b]", "[.]", "\\d", "\\D", "\\w", "\\W", "\\b", "\\B", "\\s", "\\S",
		"\\n", "\\r", "\\t", "\\v", "\\f", "\\0", "\\x41", "\\u0041", "\\u00e9", "\\u2028", "\\cJ", "\\.", "\\-", "\\/", "\\_", "\\\\", "\\A", "\\z", "\\a", "\\1", "\\p{L}", "\\Q",
		"(a)", "(?:a|b)", "(?<n>a)", "(?i)", "(?=a)", "(?!a)", "(", ")", "|", "*", "+", "?", "*?", "{2}", "{1,2}", "{,2}", "{1,}", "{", "}", "]", "é", "_", "-",
	}
	texts := []string{"", "a", "b", "ab", "aab", "A", "1", "_", "-", ".", "[", "]", ":", "\\", "/", "\n", "a\n", "\r", "\u2028", "\u2029", "\u00a0", "\ufeff", " ", "\t", "\v", "\f", "\b", "\x00", "é", "aé", "éa", "{,2}", "a{,2}", "a{", "}", "0", "n", "\u0085", "৭", "a1b", "aaa"}
	type question struct {
		Pattern string   `json:"pattern"`
		Texts   []string `json:"texts"`
	}
	m := rand.New(rand.NewPCG(1, 1))
	var all []question
	for _, piece := range pieces {
		all = append(all, question{piece, texts}, question{"^" + piece + "$", texts})
	}
	for range 20_000 {
		var pattern strings.Builder
		for range 1 + m.IntN(4) {
			pattern.WriteString(pieces[m.IntN(len(pieces))])
		}
		all = append(all, question{pattern.String(), texts})
	}
	raw, err := json.Marshal(all)
	if err != nil {
		t.Fatal(err)
	}
	node := exec.Command("node", "-e", askNode)
	node.Stdin = bytes.NewReader(raw)
	raw, err = node.Output()
	if err != nil {
		t.Fatal(err)
	}
	var results [][]bool
	if err := json.Unmarshal(raw, &results); err != nil || len(results) != len(all) {
		t.Fatal(err, len(results))
	}
	translated, refused := 0, 0
	for i, q := range all {
		expression, err := jsonschema.RE2(q.Pattern)
		if err != nil {
			refused++
			continue
		}
		translated++
		if results[i] == nil {
			t.Errorf("%s is not a pattern of ECMA 262, but we read %s", q.Pattern, expression)
			continue
		}
		compiled := regexp.MustCompile(expression)
		for k, text := range q.Texts {
			if got := compiled.MatchString(text); got != results[i][k] {
				t.Errorf("%s matches %q: %t, in Node: %t (%s)", q.Pattern, text, got, results[i][k], expression)
			}
		}
	}
	t.Logf("%d patterns translated, %d refused", translated, refused)
	if translated < 3000 || refused < 3000 {
		t.Errorf("%d patterns translated, %d refused", translated, refused)
	}
}
