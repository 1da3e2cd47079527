package main

import (
	"bytes"
	"encoding/json"
	"io"
	"runtime/debug"
	"slices"
	"testing"
	"testing/fstest"

	"assay/internal/catalog"
)

// TestVersion checks which commit `assay version` prints, and its digests.
func TestVersion(t *testing.T) {
	t.Parallel()
	const revision = "0123456789abcdef0123456789abcdef01234567"
	files := fstest.MapFS{"b.yaml": {Data: []byte("abc")}, "a.yaml": {}, "README.md": {}}
	digests := []specDigest{ // of nothing, and of abc as FIPS 180-2 prints it
		{"a", "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
		{"b", "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
	}
	for name, test := range map[string]struct {
		info *debug.BuildInfo
		want string
	}{
		"no information":    {nil, "unknown: not built in a clone"},
		"outside checkouts": {&debug.BuildInfo{}, "unknown: not built in a clone"},
		"a commit":          {&debug.BuildInfo{Settings: []debug.BuildSetting{{Key: "vcs.revision", Value: revision}, {Key: "vcs.modified", Value: "false"}}}, revision},
		"changed files":     {&debug.BuildInfo{Settings: []debug.BuildSetting{{Key: "vcs.revision", Value: revision}, {Key: "vcs.modified", Value: "true"}}}, revision + ", with changes"},
	} {
		d, err := versionOf(test.info, files)
		if err != nil {
			t.Fatal(err)
		}
		if d.Assay != version || d.commit() != test.want || !slices.Equal(d.Specifications, digests) {
			t.Errorf("%s: %+v, want the commit %s and the digests %v", name, d, test.want, digests)
		}
		raw, err := json.Marshal(d)
		if err != nil {
			t.Fatal(err)
		}
		holdsTo(t, compiled(t, versionSchema), raw, "specifications")
	}
}

// TestVersionAsReports checks that `assay version` has the digests of reports.
func TestVersionAsReports(t *testing.T) {
	t.Parallel()
	k, err := catalog.Load(catalog.Embedded(), catalog.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var want []specDigest
	for _, s := range k.Specs {
		want = append(want, specDigest{s.Provider, "sha256:" + s.SHA256})
	}
	var out bytes.Buffer
	if code := run(t.Context(), []string{"version", "--json"}, nil, &out, io.Discard); code != exitConforms {
		t.Fatal(code)
	}
	holdsTo(t, compiled(t, versionSchema), out.Bytes(), "specifications")
	var d versionDocument
	if err := json.Unmarshal(out.Bytes(), &d); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(d.Specifications, want) {
		t.Errorf("version has %v, reports have %v", d.Specifications, want)
	}
}
