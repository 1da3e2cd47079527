package catalog

import "testing"

// TestMergeManifests keeps the entries of the providers that only the manifest below has.
func TestMergeManifests(t *testing.T) {
	t.Parallel()
	const below = "---\npaytm/a/b:\n  sha256: 1\ntill/a/b:\n  sha256: 2\n"
	for name, c := range map[string]struct{ above, want string }{
		"another provider":   {"---\nacme/a/b:\n  sha256: 3\n", "---\nacme/a/b:\n  sha256: 3\npaytm/a/b:\n  sha256: 1\ntill/a/b:\n  sha256: 2\n"},
		"the same provider":  {"---\ntill/a/c:\n  sha256: 3\n", "---\ntill/a/c:\n  sha256: 3\npaytm/a/b:\n  sha256: 1\n"},
		"empty":              {"---\n{}\n", "---\npaytm/a/b:\n  sha256: 1\ntill/a/b:\n  sha256: 2\n"},
		"no last line break": {"till/a/c:\n  sha256: 3", "till/a/c:\n  sha256: 3\npaytm/a/b:\n  sha256: 1\n"},
		"another form":       {"{acme/a/b: {sha256: 3}}\n", "{acme/a/b: {sha256: 3}}\n"},
		"damaged":            {"till\n", "till\n"},
	} {
		if got := string(mergeManifests(c.above, below)); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}
