package main

import (
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"assay/internal/config"
)

// TestWatchExample runs the example configuration as it stands, and reads what it has as
// comments.
func TestWatchExample(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile(filepath.Join("..", "..", "docs", "watch", "assay.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	file := filepath.Join(dir, "assay.yaml")
	if err := os.WriteFile(file, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, command := range []string{"check", "once", "status"} {
		if code := run(t.Context(), []string{"watch", command, "--config", file}, nil, io.Discard, t.Output()); code != exitConforms {
			t.Errorf("watch %s: exit %d", command, code)
		}
	}
	// The commented jobs and members are valid where they stand.
	text := regexp.MustCompile(`(?m)^  #   ( *)(paytm-|   )`).ReplaceAllString(string(raw), "    $1$2")
	text = regexp.MustCompile(`(?m)^  #   ( *\S)`).ReplaceAllString(text, "    $1")
	text = regexp.MustCompile(`(?m)^  # (connectivity|channels):`).ReplaceAllString(text, "  $1:")
	f, err := config.Parse("assay.yaml", []byte(text))
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	if len(f.Watch.Jobs) != 6 || len(f.Watch.Channels) != 4 || len(f.Watch.Connectivity) != 1 {
		t.Errorf("%d jobs, %d channels\n%s", len(f.Watch.Jobs), len(f.Watch.Channels), text)
	}
}

// TestWatchUnit checks that the commands of the systemd unit exist, and that nothing of its
// hardening is lost.
func TestWatchUnit(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile(filepath.Join("..", "..", "docs", "watch", "assay-watch.service"))
	if err != nil {
		t.Fatal(err)
	}
	set := map[string][]string{}
	for line := range strings.Lines(string(raw)) {
		name, value, ok := strings.Cut(strings.TrimSpace(line), "=")
		if ok && !strings.HasPrefix(name, "#") {
			set[name] = append(set[name], value)
		}
	}
	for _, name := range []string{"ExecStart", "ExecStartPre"} {
		for _, line := range set[name] {
			args := strings.Fields(line)
			c, rest, err := fresh().Find(args[1:])
			if err == nil {
				err = c.ParseFlags(rest)
			}
			if err == nil {
				err = c.ValidateArgs(c.Flags().Args())
			}
			if err != nil || !c.Runnable() {
				t.Errorf("%s=%s: %v", name, line, err)
			}
		}
	}
	for name, want := range map[string]string{
		"NoNewPrivileges": "yes", "ProtectSystem": "strict", "ProtectHome": "yes", "PrivateTmp": "yes", "PrivateDevices": "yes", "DynamicUser": "yes",
		"MemoryDenyWriteExecute": "yes", "CapabilityBoundingSet": "", "RestrictAddressFamilies": "AF_INET AF_INET6 AF_UNIX", "Restart": "on-failure", "RestartPreventExitStatus": "2", "StateDirectory": "assay",
	} {
		if got := set[name]; len(got) != 1 || got[0] != want {
			t.Errorf("%s=%q, want %q", name, got, want)
		}
	}
}
