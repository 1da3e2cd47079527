package main

import (
	"path/filepath"
	"strings"
	"testing"
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
	t.Parallel()
	environment := []string{"ASSAY_PAYTM_MERCHANT_KEY=hunter2hunter2", "ASSAY_PAYTM_URL=http://127.0.0.1:8080", "HOME=/home/asha"}
	for want, args := range map[string][]string{
		"assay run paytm": {"run", "paytm"},
		"assay run '*/createOrder' --report json=a.json":    {"run", "*/createOrder", "--report", "json=a.json"},
		"assay conform paytm --skip 'gives-up=ticket 7'":    {"conform", "paytm", "--skip", "gives-up=ticket 7"},
		"assay run --base 'paytm=https://***@example.com'":  {"run", "--base", "paytm=https://me:secret@example.com"},
		"assay check 'a***.har'":                            {"check", "ahunter2hunter2.har"},
		"assay exec paytm --sandbox -- env 'TOKEN=***' npm": {"exec", "paytm", "--sandbox", "--", "env", "TOKEN=abc", "npm"},
		"assay exec paytm -- tests --api-key '***' --fast":  {"exec", "paytm", "--", "tests", "--api-key", "abc", "--fast"},
		"assay exec paytm -- tests '--password=***' a":      {"exec", "paytm", "--", "tests", "--password=abc", "a"},
		"assay exec paytm -- curl 'https://***@a.test/'":    {"exec", "paytm", "--", "curl", "https://me:abc@a.test/"},
		"assay check 'it'\\''s.har'":                        {"check", "it's.har"},
		"assay":                                             nil,
	} {
		if got := commandLine(args, environment); got != want {
			t.Errorf("%q: got %s, want %s", args, got, want)
		}
	}
}
