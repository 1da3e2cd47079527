package internal_test

import (
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// TestReleaseConfig checks that a release has static and trimmed binaries for each system,
// that the tool pins of the Makefile are versions, and that only its last step has a token.
// make test-release builds one.
func TestReleaseConfig(t *testing.T) {
	t.Parallel()
	var config struct {
		Builds []struct {
			Binary                            string
			Env, Flags, Ldflags, Goos, Goarch []string
		}
		Archives []struct{ IDs []string }
		Release  struct{ Draft bool }
	}
	if err := yaml.Unmarshal([]byte(text(t, "../.goreleaser.yaml")), &config); err != nil {
		t.Fatal(err)
	}
	var binaries []string
	for _, b := range config.Builds {
		binaries = append(binaries, b.Binary)
		switch {
		case !slices.Equal(b.Goos, []string{"linux", "darwin", "windows"}) || !slices.Equal(b.Goarch, []string{"amd64", "arm64"}):
			t.Errorf("%s is built for %v and %v", b.Binary, b.Goos, b.Goarch)
		case !slices.Contains(b.Env, "CGO_ENABLED=0") || !slices.Contains(b.Flags, "-trimpath") || !slices.Equal(b.Ldflags, []string{"-s -w"}):
			t.Errorf("%s is built with %v, %v and %v", b.Binary, b.Env, b.Flags, b.Ldflags)
		}
	}
	if want := []string{"assay", "assay.test"}; !slices.Equal(binaries, want) || len(config.Archives) != 1 || !slices.Equal(config.Archives[0].IDs, want) {
		t.Errorf("the binaries are %v and the archives %v, want %v in one archive", binaries, config.Archives, want)
	}
	if !config.Release.Draft {
		t.Error("a release is published before a person has seen it")
	}
	var w struct {
		On   map[string]struct{ Tags []string }
		Jobs map[string]struct {
			Env   map[string]string
			Steps []struct {
				Run string
				Env map[string]string
			}
		}
	}
	if err := yaml.Unmarshal([]byte(text(t, "../.github/workflows/release.yml")), &w); err != nil {
		t.Fatal(err)
	}
	if len(w.On) != 1 || !slices.Equal(w.On["push"].Tags, []string{"v*"}) {
		t.Errorf("the workflow runs on %v, want tags only", w.On)
	}
	for name, job := range w.Jobs {
		for _, step := range job.Steps {
			if len(job.Env) > 0 || len(step.Env) > 0 != (step.Run == "make release") {
				t.Errorf("job %s: %q has the variables %v; only make release needs a token", name, step.Run, step.Env)
			}
		}
	}
}

// TestDockerfile checks that the image holds the command and nothing else, and does not run
// it as root.
func TestDockerfile(t *testing.T) {
	t.Parallel()
	var steps []string
	for line := range strings.Lines(text(t, "../Dockerfile")) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
			steps = append(steps, line)
		}
	}
	want := []string{"FROM scratch", "COPY assay /assay", "WORKDIR /work", "USER 65532:65532", `ENTRYPOINT ["/assay"]`}
	if !slices.Equal(steps, want) {
		t.Errorf("the Dockerfile has %q, want %q", steps, want)
	}
}
