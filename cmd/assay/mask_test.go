package main

import (
	"encoding/base64"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"assay/internal/config"
	"assay/internal/conform"
	"assay/internal/report"
	"assay/internal/testsize"
)

// TestMasked lists texts that users give as URLs.
func TestMasked(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":                                     "",
		"paytm=https://pay.example.com/paytm":  "paytm=https://pay.example.com/paytm",
		"paytm=http://127.0.0.1:8080":          "paytm=http://127.0.0.1:8080",
		"paytm=https://me:secret@example.com":  "paytm=https://***@example.com",
		"paytm=https://secret@example.com":     "paytm=https://***@example.com",
		"paytm=https://me:se@cret@example.com": "paytm=https://***@example.com",
		"paytm=https://me:se/cret@example.com": "paytm=https://***@example.com",
		"paytm=https://me:se?cret@example.com": "paytm=https://***@example.com",
		"paytm=https://me:se#cret@example.com": "paytm=https://***@example.com",
		"https://me:secret@example.com":        "https://***@example.com",
		"paytm=me:secret@example.com":          "paytm=***@example.com",
		"me:secret@example.com":                "***@example.com",
		"paytm=https://example.com?key=secret": "paytm=https://example.com?key=***",
		"https://example.com/a#secret":         "https://example.com/a#***",
		"paytm=https://example.com/?a=b#c=d":   "paytm=https://example.com/?a=***#***",
		"https://example.com/?a=secret&b=more": "https://example.com/?a=***&b=***",
	} {
		if got := masked(text); got != want {
			t.Errorf("%s: got %s, want %s", text, got, want)
		}
	}
}

// TestAttackPasswordInBase gives URLs with a user and a password to every flag that takes
// a base, in commands that succeed and that fail. No output holds either.
func TestAttackPasswordInBase(t *testing.T) {
	testsize.SkipUnlessFull(t)
	t.Setenv("ASSAY_PAYTM_MID", "216820000002516036253")
	t.Setenv("ASSAY_PAYTM_MERCHANT_KEY", "0123456789abcdef")
	data := filepath.Join(t.TempDir(), "data")
	export(t, data)
	traffic := tempFile(t, `{"request":{"method":"GET","url":"https://example.com/"},"response":{"status":200}}`)
	for _, base := range []string{
		"paytm=http://merchant:Hunter2pw@127.0.0.1:1/p", "paytm=https://Hunter2pw@127.0.0.1:1", "paytm=https://merchant:Hunter2pw@127.0.0.1:1?apikey=Hunter2pw",
		"paytm=https://merchant:x/Hunter2pw@127.0.0.1:1", "paytm=https://merchant:1@x/Hunter2pw@127.0.0.1:1", "http://merchant:Hunter2pw@127.0.0.1:1",
		"http://merchant:Hunter2pw@127.0.0.1:1/?a=b", "merchant:Hunter2pw@127.0.0.1:1", "unknown=https://merchant:Hunter2pw@127.0.0.1:1",
		"paytm=ftp://merchant:Hunter2pw@127.0.0.1", "paytm=merchant:Hunter2pw@127.0.0.1:1", "paytm=https://merchant:Hunter2pw@127.0.0.1:99999",
	} {
		for _, args := range [][]string{
			{"run", "paytm/createOrder/accepted", "--live", "--base", base},
			{"run", "paytm/createOrder/accepted", "--live", "--base", base, "-v", "--report", "json"},
			{"run", "paytm/createOrder/accepted", "--live", "--base", base, "--report", "junit"},
			{"record", "paytm/createOrder/accepted", "--live", "--base", base, "--data", data},
			{"drift", "live", "--provider", "paytm", "--base", base, "--max-calls", "1"},
			{"drift", "live", "--provider", "paytm", "--base", base, "--max-calls", "1", "--report", "json"},
			{"check", traffic, "--base", base},
			{"check", traffic, "--base", base, "--report", "json", "-v"},
			{"drift", traffic, "--base", base},
			{"proxy", "paytm", "--to", strings.TrimPrefix(base, "paytm=")},
		} {
			var out, words outputBuffer
			run(t.Context(), args, nil, &out, &words)
			if said := out.String() + words.String(); strings.Contains(said, "Hunter2pw") || strings.Contains(said, "merchant:") {
				t.Errorf("%v says\n%s", args, said)
			}
		}
	}
}

// TestCommandLine lists commands as users give them. No secret stays: neither in a URL, nor in
// what is given to another program, nor the value of a credential at any place.
func TestCommandLine(t *testing.T) {
	t.Setenv("ASSAY_PAYTM_MERCHANT_KEY", "hunter2hunter2")
	t.Setenv("ASSAY_PAYTM_URL", "http://127.0.0.1:8080")
	t.Setenv("STAGING_PAYTM_KEY", "staging0staging0")
	p := &program{config: &config.File{Keys: map[string]map[string]config.Variable{"paytm": {"merchantKey": {Name: "STAGING_PAYTM_KEY"}}}}}
	p.knowKeys(map[string]map[string]string{"paytring": {"secret": "of-the-key-file"}})
	for want, args := range map[string][]string{
		"assay run paytm": {"run", "paytm"},
		"assay run '*/createOrder' --report json=a.json":                        {"run", "*/createOrder", "--report", "json=a.json"},
		"assay conform paytm --skip 'gives-up=ticket 7'":                        {"conform", "paytm", "--skip", "gives-up=ticket 7"},
		"assay run --base 'paytm=https://***@example.com'":                      {"run", "--base", "paytm=https://me:secret@example.com"},
		"assay run --base 'paytm=https://example.com/a#***'":                    {"run", "--base", "paytm=https://example.com/a#secret"},
		"assay check 'a***.har'":                                                {"check", "ahunter2hunter2.har"},
		"assay check 'b***.har' '***.har' '***'":                                {"check", "bstaging0staging0.har", "of-the-key-file.har", base64.StdEncoding.EncodeToString([]byte("a staging0staging0"))},
		"assay exec paytm --sandbox -- env 'TOKEN=***' npm":                     {"exec", "paytm", "--sandbox", "--", "env", "TOKEN=abc", "npm"},
		"assay exec paytm -- tests --api-key '***' --fast":                      {"exec", "paytm", "--", "tests", "--api-key", "abc", "--fast"},
		"assay exec paytm -- tests --api-key '***' -x":                          {"exec", "paytm", "--", "tests", "--api-key", "-startsWithDash", "-x"},
		"assay exec paytm -- tests --no-auth --fast '***'":                      {"exec", "paytm", "--", "tests", "--no-auth", "--fast", "staging0staging0"},
		"assay exec paytm -- tests '--password=***' a":                          {"exec", "paytm", "--", "tests", "--password=abc", "a"},
		"assay exec paytm -- curl 'https://***@a.test/'":                        {"exec", "paytm", "--", "curl", "https://me:abc@a.test/"},
		"assay exec paytm -- curl -H 'X-Api-Key: ***' 'X-Trace: 1'":             {"exec", "paytm", "--", "curl", "-H", "X-Api-Key: abc", "X-Trace: 1"},
		"assay exec paytm -- curl '-HCookie: ***' 'authorization:***'":          {"exec", "paytm", "--", "curl", "-HCookie: a=b", "authorization:Bearer abc"},
		"assay exec paytm -- curl -u '***' '-u***' --user '***'":                {"exec", "paytm", "--", "curl", "-u", "me:abc", "-ume:abc", "--user", "me:abc"},
		"assay exec paytm -- mysql -p '***' '-p***' -p 3306":                    {"exec", "paytm", "--", "mysql", "-p", "Abc123", "-pAbc123", "-p", "3306"},
		"assay exec paytm -- curl --oauth '***' '***' a":                        {"exec", "paytm", "--", "curl", "--oauth", "Bearer", "abc", "a"},
		"assay exec paytm -- sh -c '***'":                                       {"exec", "paytm", "--", "sh", "-c", "x --token abc"},
		"assay exec paytm -- sh -e 'A=***'":                                     {"exec", "paytm", "--", "sh", "-e", "A=abc x"},
		"assay exec paytm -- a '***' '***'":                                     {"exec", "paytm", "--", "a", "sk_live_notARealKey", `{"apiKey":"abc"}`},
		"assay conform paytm -- python3 -u client.py tests/v2_api -k 'a and b'": {"conform", "paytm", "--", "python3", "-u", "client.py", "tests/v2_api", "-k", "a and b"},
		"assay conform paytm -- sh -c 'cd client && node main.js'":              {"conform", "paytm", "--", "sh", "-c", "cd client && node main.js"},
		"assay check 'it'\\''s.har'":                                            {"check", "it's.har"},
		"assay":                                                                 {},
	} {
		if got := p.commandLine(args); got != want {
			t.Errorf("%q: got %s, want %s", args, got, want)
		}
		if dash := slices.Index(args, "--"); dash >= 0 { // the command that repeats a failure has the same words
			again := p.conformAgain(&conformFlags{command: args[dash+1:], wait: conform.DefaultTimeout})
			if got := report.Shell(again.Flags); !strings.HasSuffix(want, got) {
				t.Errorf("%q: again %s, want the end of %s", args, got, want)
			}
		}
	}
}
