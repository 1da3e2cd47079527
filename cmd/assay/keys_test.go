package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"assay/internal/catalog"
)

// TestKeys reads valid and invalid key files. No error contains anything from the file.
func TestKeys(t *testing.T) {
	for _, env := range []string{"ASSAY_PAYTM_MID", "ASSAY_PAYTM_MERCHANT_KEY"} {
		t.Setenv(env, "")
	}
	t.Setenv("ASSAY_PAYTRING_KEY", "of-the-environment")
	t.Setenv("ASSAY_PAYTRING_SECRET", "of-the-environment")
	k, err := catalog.Load(catalog.Embedded(), catalog.Options{})
	if err != nil {
		t.Fatal(err)
	}
	providers := strings.Join(k.Providers(), ", ")
	for title, c := range map[string]struct{ file, want string }{
		"two credentials":    {"paytm:\n  mid: \"2168\"\n  merchantKey: canary-16-bytes!\n", ""},
		"a number":           {"paytm: {mid: 216820000002516036253}", ""},
		"over environment":   {"paytring: {key: of-the-file}", ""},
		"nothing":            {"", ":1: is empty"},
		"only a remark":      {"# canary\n", ":1: is empty"},
		"a text":             {"canary-16-bytes!", ":1: expected one of " + providers},
		"a list":             {"- canary", ":1: expected one of " + providers},
		"no YAML":            {"paytm:\n  mid: 'canary\n", ": is not YAML"},
		"an anchor":          {"paytm:\n  merchantKey: *canary\n", ": is not YAML"},
		"a tab":              {"paytm:\n\tmid: canary\n", ":2: is not YAML"},
		"a provider":         {"canary: {mid: \"1\"}", ":1: expected one of " + providers},
		"a name":             {"paytm:\n  canary: mid\n", ":2: expected one of mid, merchantKey"},
		"another's name":     {"paytm:\n  secret: canary\n", ":2: expected one of mid, merchantKey"},
		"a value too early":  {"paytm: canary", ":1: expected one of mid, merchantKey"},
		"an empty value":     {"paytm:\n  mid:\n", ":2: expected the value of a credential"},
		"a value too deep":   {"paytm:\n  mid: {canary: canary}\n", ":2: expected the value of a credential"},
		"a credential twice": {"paytm:\n  mid: canary\n  mid: canary2\n", "3: duplicate name mid"},
		"a provider twice":   {"paytm: {mid: canary}\npaytm: {mid: canary}\n", "2: duplicate name paytm"},
		"two documents":      {"paytm: {mid: canary}\n---\npaytm: {mid: canary}\n", "more than one document"},
	} {
		path := tempFile(t, c.file)
		raw, err := readKeys(path)
		if err != nil {
			t.Fatal(err)
		}
		got, err := new(program).loadKeys(path, raw, k.Specs)
		if (err == nil) != (c.want == "") || err != nil && (!strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), path) || strings.Contains(err.Error(), "canary")) {
			t.Errorf("%s: %v, want %s", title, err, c.want)
		}
		switch title {
		case "two credentials":
			if got["paytm"]["mid"] != "2168" || got["paytm"]["merchantKey"] != "canary-16-bytes!" || got["paytring"]["key"] != "of-the-environment" {
				t.Errorf("%s: %v", title, got)
			}
		case "a number":
			if _, there := got["paytm"]["merchantKey"]; there || got["paytm"]["mid"] != "216820000002516036253" {
				t.Errorf("%s: %v", title, got)
			}
		case "over environment":
			if got["paytring"]["key"] != "of-the-file" || got["paytring"]["secret"] != "of-the-environment" {
				t.Errorf("%s: %v", title, got)
			}
		}
	}
	if _, err := readKeys(filepath.Join(t.TempDir(), "none")); err == nil {
		t.Error("a file that is not there was read")
	}
	if got, err := new(program).loadKeys("", nil, k.Specs); err != nil || got["paytring"]["secret"] != "of-the-environment" {
		t.Errorf("without a file: %v, %v", got, err)
	}
}

// TestKeysOfPipe reads credentials from a pipe, which can be read only once, as in
// --keys <(pass show assay).
func TestKeysOfPipe(t *testing.T) {
	if _, err := os.Stat("/dev/fd"); err != nil {
		t.Skip("no pipe has a name here")
	}
	traffic := filepath.Join("..", "..", "cassettes", "paytm", "createOrder", "accepted.yaml")
	ended, end := context.WithCancel(t.Context())
	end() // the proxy is interrupted as soon as it serves
	for _, c := range []struct {
		ctx  context.Context
		args []string
		want int
	}{
		{t.Context(), []string{"check", traffic}, exitConforms},
		{ended, []string{"proxy", "paytm", "--to", "http://127.0.0.1:9"}, exitInconclusive},
	} {
		r, w, err := os.Pipe()
		if err == nil {
			_, err = w.WriteString("paytm: {mid: \"216820000002516036253\", merchantKey: 0123456789abcdef}\n")
		}
		if err != nil {
			t.Fatal(err)
		}
		_ = w.Close()
		var stdout, stderr strings.Builder
		args := append(c.args, "--keys", fmt.Sprintf("/dev/fd/%d", r.Fd()))
		if code := run(c.ctx, args, strings.NewReader(""), &stdout, &stderr); code != c.want || strings.Contains(stderr.String(), "is empty") {
			t.Errorf("%s: %d: %s%s", c.args[0], code, stdout.String(), stderr.String())
		}
		_ = r.Close()
	}
}

// TestExposed checks the warning about a key file that other users can read.
func TestExposed(t *testing.T) {
	t.Parallel()
	path := tempFile(t, "canary")
	if warning := permissionWarning(path); warning != "" {
		t.Errorf("a file of one's own: %s", warning)
	}
	if err := os.Chmod(path, 0o644); err != nil {
		t.Fatal(err)
	}
	if warning := permissionWarning(path); !strings.Contains(warning, "other users can read") {
		t.Errorf("a file that all can read: %q", warning)
	}
}
