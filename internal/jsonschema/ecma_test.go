package jsonschema_test

import (
	"strings"
	"testing"

	"assay/internal/jsonschema"
)

// TestPatternsOfECMA: a pattern means what ECMA 262 says.
func TestPatternsOfECMA(t *testing.T) {
	t.Parallel()
	for pattern, c := range map[string]struct{ is, not []string }{
		`^.$`:                   {[]string{"a", "é", "😀", "\u0085", "\v"}, []string{"\n", "\r", "\u2028", "\u2029", ""}},
		`^[^a]$`:                {[]string{"\n", "\r", "\u2028"}, []string{"a"}},
		`a$`:                    {[]string{"a"}, []string{"a\n"}},
		`^\d$`:                  {[]string{"7"}, []string{"৭"}},
		`^\w$`:                  {[]string{"_"}, []string{"é"}},
		`^[\D]$`:                {[]string{"৭", "a"}, []string{"7"}},
		`^\u00e9\u00E9$`:        {[]string{"éé"}, []string{"e"}},
		`^\\u0041$`:             {[]string{`\u0041`}, []string{"A"}},
		`^[\u0041-\u0043]$`:     {[]string{"A", "C"}, []string{"D", "u"}},
		`^\ud83d\ude00$`:        {[]string{"😀"}, nil},
		`^\cJ\0\x41$`:           {[]string{"\n\x00A"}, nil},
		`^[\b]$`:                {[]string{"\b"}, []string{"b"}},
		`^[[]$`:                 {[]string{"["}, []string{`\`}},
		`^[.]$`:                 {[]string{"."}, []string{"a"}},
		`^\/\-\.\é$`:            {[]string{"/-.é"}, nil},
		`^(?:a|b)(?<name>c){2}`: {[]string{"acc"}, []string{"ac"}},
		`\bé`:                   {[]string{"aé"}, []string{"é"}},
		`^a{,2}$`:               {[]string{"a{,2}"}, []string{"aa"}},
		`^[^\\\]]$`:             {[]string{"a"}, []string{`\`, "]"}},
	} {
		s := jsonschema.Anything()
		s.Pattern = pattern
		accepts := everyWay(t, s)
		for want, texts := range map[bool][]string{true: c.is, false: c.not} {
			for _, text := range texts {
				if raw := quoted(text); accepts(raw) != want {
					t.Errorf("%s accepts %s: %t", pattern, raw, !want)
				}
			}
		}
	}
}

// TestUntranslatedPatterns: what RE2 reads otherwise than ECMA 262 is refused.
func TestUntranslatedPatterns(t *testing.T) {
	t.Parallel()
	for pattern, want := range map[string]string{
		`^\s*$`: `\s otherwise`, `\S`: `\S otherwise`, `[\s]`: `\s otherwise`, `[^\S]`: `\S otherwise`,
		`(?i)a`: "flags", `(?<a>b)(?<a>c)`: "twice", `(?P<a>b)`: "flags", `(?s:.)`: "flags", `(?=a)`: "lookahead", `(?!a)`: "lookahead", `(?<=a)`: "lookbehind", `(?<!a)`: "lookbehind",
		`(a)\1`: "back reference", `\07`: "back reference", `\k<a>`: `\k`, `\p{L}`: `\p`, `\PL`: `\P`, `\A`: `\A`, `a\z`: `\z`, `\Qa\E`: `\Q`, `\C`: `\C`, `\a`: `\a`, `[\B]`: `\B`, `\x{41}`: `\x`, `\x4`: `\x`, `\u{41}`: `\u`, `\u12`: `\u`, `\ud83d`: "surrogate", `\c1`: `\c`,
		`[[:alpha:]]`: "[:", `[]a]`: "empty class", `[^]`: "empty class", `[a`: "closing ]", `(a`: "missing closing )", `a**`: "repetition", `^*`: "assertion", `\b+`: "assertion", `a\`: "backslash", `a{1001}`: "repeat", `a{2,1}`: "repeat", `[b-a]`: "range",
	} {
		_, err := jsonschema.RE2(pattern)
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v, want %q", pattern, err, want)
		}
		s := jsonschema.Anything()
		s.Pattern = pattern
		if _, err := jsonschema.Compile(s, jsonschema.Request{}); err == nil {
			t.Errorf("%s compiles", pattern)
		}
	}
}
