package config_test

import (
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"assay/internal/config"
)

// whole is a file with every setting.
const whole = `selection: [paytm, razorpay/*]
profile: strict
fail-on: warning,inconclusive
waivers: waivers.yaml
reports: [text, junit=out/assay.xml]
hosts: {paytm: "https://staging.example"}
rates: {rate: 0.5, max-calls: 20, timeout: 1m30s}
ledger: drift.db
data: contracts
keys: {paytm: {merchant_key: STAGING_PAYTM_KEY}}
commands:
  run: {fail-on: info, reports: text}
  drift: {fail-on: degrades}
`

func key(t *testing.T, name string) config.Key {
	t.Helper()
	all := config.Keys()
	i := slices.IndexFunc(all, func(k config.Key) bool { return k.Name == name })
	if i < 0 {
		t.Fatalf("there is no key %s", name)
	}
	return all[i]
}

func TestParse(t *testing.T) {
	t.Parallel()
	f, err := config.Parse(filepath.Join("..", "assay.yaml"), []byte(whole))
	if err != nil {
		t.Fatal(err)
	}
	up := func(path string) string { return filepath.Join("..", filepath.FromSlash(path)) }
	for _, c := range []struct {
		command, key string
		line         string
		want         []string
	}{
		{"run", "selection", "1", []string{"paytm", "razorpay/*"}},
		{"check", "selection", "", nil},
		{"check", "profile", "2", []string{"strict"}},
		{"check", "fail-on", "3", []string{"warning,inconclusive"}},
		{"run", "fail-on", "12", []string{"info"}},
		{"drift", "fail-on", "13", []string{"degrades"}},
		{"lint", "fail-on", "", nil},
		{"exec", "waivers", "4", []string{up("waivers.yaml")}},
		{"exec", "reports", "5", []string{"text", "junit=" + up("out/assay.xml")}},
		{"run", "reports", "12", []string{"text"}},
		{"drift", "reports", "", nil},
		{"drift", "hosts", "6", []string{"paytm=https://staging.example"}},
		{"run", "rates/rate", "7", []string{"0.5"}},
		{"run", "rates/max-calls", "7", []string{"20"}},
		{"run", "rates/timeout", "7", []string{"1m30s"}},
		{"drift", "ledger", "8", []string{up("drift.db")}},
		{"list", "data", "9", []string{up("contracts")}},
	} {
		s, ok := f.Setting(key(t, c.key), c.command)
		from := ""
		if ok {
			from = strings.TrimPrefix(s.From, f.Path+":")
		}
		if !slices.Equal(s.Texts, c.want) || from != c.line {
			t.Errorf("%s of %s: %q from line %q, want %q from %q", c.key, c.command, s.Texts, from, c.want, c.line)
		}
	}
	if v := f.Keys["paytm"]["merchant_key"]; v.Name != "STAGING_PAYTM_KEY" || !strings.HasSuffix(v.From, ":10") {
		t.Errorf("keys: %+v", v)
	}
}

// faults lists files that are wrong, with what the error says.
func faults() map[string]string {
	return map[string]string{
		"profil: strict":                           `assay.yaml:1: assay.yaml has no member "profil"; did you mean profile?`,
		"\nnothing: 1":                             `assay.yaml:2: assay.yaml has no member "nothing"; expected one of selection, profile, `,
		"profile: strict\nprofile: default":        `assay.yaml:2: assay.yaml has the member "profile" twice`,
		"profile: lax":                             `assay.yaml:1: profile: "lax" is none of default, strict`,
		"profile: [strict]":                        `assay.yaml:1: profile: expected a text, got a list`,
		"profile: 3":                               `assay.yaml:1: profile: expected a text, got a number`,
		"fail-on:":                                 `assay.yaml:1: fail-on: expected a text, got nothing`,
		"fail-on: breaks":                          `assay.yaml:1: fail-on: "breaks" is none of error, warning, info, inconclusive`,
		"commands: {drift: {fail-on: error}}":      `assay.yaml:1: fail-on: "error" is none of breaks, degrades, minor`,
		"commands: {proxy: {rates: {rate: 1}}}":    `assay.yaml:1: proxy has no member "rates"; expected one of profile, fail-on, waivers, reports`,
		"commands: {rum: {}}":                      `assay.yaml:1: commands has no member "rum"; did you mean run?`,
		"commands: {run: {data: x}}":               `assay.yaml:1: run has no member "data"`,
		"commands: run":                            `assay.yaml:1: commands: expected a mapping of run, conform, `,
		"waivers: [a, {b: c}]":                     `assay.yaml:1: waivers: expected a text, got a mapping`,
		"hosts: https://staging.example":           `assay.yaml:1: hosts: expected a mapping of names and values`,
		"hosts: {paytm: true}":                     `assay.yaml:1: hosts: paytm: expected a text, got true or false`,
		"rates: {rate: 0}":                         `assay.yaml:1: rates/rate: expected a number over 0`,
		"rates: {max-calls: 1.5}":                  `assay.yaml:1: rates/max-calls: expected a whole number over 0`,
		"rates:\n  timeout: 30":                    `assay.yaml:2: rates/timeout: expected a time over 0, such as 30s`,
		"rates: {rat: 1}":                          `assay.yaml:1: rates has no member "rat"; did you mean rate?`,
		"keys: {paytm: {merchant_key: s3cret}}":    `assay.yaml:1: keys: expected the name of an environment variable in capitals`,
		"keys: {paytm: s3cret}":                    `assay.yaml:1: keys: paytm: expected a mapping of names and values`,
		"keys: {paytm: {merchant_key: [s3cret]}}":  `assay.yaml:1: keys: expected the name`,
		"keys: {paytm: {merchant_key: \"s3cret}}":  `is not YAML`,
		"profile: strict\n---\nprofile: strict":    `begins a second document`,
		"- profile":                                `assay.yaml:1: assay.yaml: expected a mapping of selection, `,
		"a: *s3cret":                               `is not YAML`,
		"selection: " + strings.Repeat("x", 1<<20): `is over 1048576 bytes`,
	}
}

func TestFaults(t *testing.T) {
	t.Parallel()
	for text, want := range faults() {
		_, err := config.Parse("assay.yaml", []byte(text))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.60q: %v, want %q", text, err, want)
		} else if strings.Contains(err.Error(), "s3cret") {
			t.Errorf("%.60q: the error quotes a value: %v", text, err)
		}
	}
	_, err := config.Parse("assay.yaml", []byte("profil: strict\nrates: {rate: 0}\nkeys: 1"))
	if got := strings.Count(err.Error(), "\n"); got != 2 {
		t.Errorf("%d lines, want one for each of three faults: %v", got+1, err)
	}
}

// TestNoSettings reads files that set nothing.
func TestNoSettings(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "\n", "# a comment\n", "{}"} {
		if _, err := config.Parse("assay.yaml", []byte(text)); err != nil {
			t.Errorf("%q: %v", text, err)
		}
	}
	var none *config.File
	if _, ok := none.Setting(key(t, "profile"), "run"); ok {
		t.Error("no file has a setting")
	}
}

func TestFind(t *testing.T) {
	t.Parallel()
	top := t.TempDir()
	for _, dir := range []string{"repository/.git", "repository/services/pay", "bare/deep"} {
		if err := os.MkdirAll(filepath.Join(top, filepath.FromSlash(dir)), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	write := func(dir string) {
		if err := os.WriteFile(filepath.Join(top, filepath.FromSlash(dir), config.Name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	find := func(dir, want string) {
		t.Helper()
		got, err := config.Find(filepath.Join(top, filepath.FromSlash(dir)))
		if err != nil || got != filepath.FromSlash(want) {
			t.Errorf("in %s: %q, %v; want %q", dir, got, err, want)
		}
	}
	write("")
	find("repository/services/pay", "") // the file above the repository is not its own
	find("bare/deep", "../../assay.yaml")
	write("repository")
	find("repository/services/pay", "../../assay.yaml")
	find("repository", "assay.yaml")
	write("repository/services")
	find("repository/services/pay", "../assay.yaml")

	if runtime.GOOS == "windows" {
		return
	}
	for _, dir := range []string{"", "repository/services"} { // everybody can write there
		if err := os.Chmod(filepath.Join(top, filepath.FromSlash(dir)), 0o777); err != nil {
			t.Fatal(err)
		}
	}
	find("bare/deep", "")
	find("repository/services/pay", "../assay.yaml") // a repository belongs to its user
	find("", "assay.yaml")                           // the user chose the working directory
}
