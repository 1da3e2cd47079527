package catalog_test

import (
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"assay/internal/catalog"
)

// following returns the embedded data with additional cases, by name, that follow
// others. Each is a copy of a case of its provider.
func following(t *testing.T, after map[string]string) catalog.Data {
	t.Helper()
	data := catalog.Embedded()
	above := fstest.MapFS{}
	err := fs.WalkDir(data.Fixtures, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		raw, err := fs.ReadFile(data.Fixtures, path)
		above[path] = &fstest.MapFile{Data: raw}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for name, follows := range after {
		like := "enkash/createOrder/accepted.yaml"
		if strings.HasPrefix(name, "paytm/") {
			like = "paytm/createOrder/accepted.yaml"
		}
		raw := strings.Replace(string(above[like].Data), "\norder:", "\nafter: "+follows+"\norder:", 1)
		above[name+".yaml"] = &fstest.MapFile{Data: []byte(raw)}
	}
	data.Fixtures = above
	return data
}

// TestFollowsAnother checks that a case may follow a case of another provider, and that
// both are loaded whichever way the cases are selected.
func TestFollowsAnother(t *testing.T) {
	t.Parallel()
	data := following(t, map[string]string{"paytm/createOrder/follows": "enkash/createOrder/accepted"})
	for name, options := range map[string]catalog.Options{
		"run": {Wants: catalog.Named("paytm")}, "traffic": {Wants: catalog.Named("paytm"), Traffic: true},
	} {
		k, err := catalog.Load(data, options)
		if err == nil {
			err = k.NeedCases("paytm")
		}
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if k.Spec("enkash") == nil || k.Fixtures.Case("enkash/createOrder/accepted") == nil {
			t.Errorf("%s: the case that it follows is not loaded", name)
		}
		if k.Spec("paytring") != nil {
			t.Errorf("%s: a provider that no case needs is loaded", name)
		}
	}
}

// TestFollowsUnplayable checks that a case that follows an unplayable one is an error
// when its provider is loaded, alone or with others.
func TestFollowsUnplayable(t *testing.T) {
	t.Parallel()
	for want, after := range map[string]map[string]string{
		"fixtures/paytm/createOrder/follows.yaml:4: after: there is no provider foo": {
			"paytm/createOrder/follows": "foo/createOrder/x", "foo/createOrder/x": "paytm/createOrder/accepted",
		},
		"paytm/createOrder/follows after enkash/createOrder/back after paytm/createOrder/follows follows itself": {
			"paytm/createOrder/follows": "enkash/createOrder/back", "enkash/createOrder/back": "paytm/createOrder/follows",
		},
		"fixtures/paytm/createOrder/follows.yaml:4: after: there is no case enkash/createOrder/nothing": {
			"paytm/createOrder/follows": "enkash/createOrder/nothing",
		},
	} {
		data := following(t, after)
		if _, err := catalog.Load(data, catalog.Options{Wants: catalog.Named("paytm")}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("run: %v, want %q", err, want)
		}
		k, err := catalog.Load(data, catalog.Options{Wants: catalog.Named("paytm"), Traffic: true})
		if err == nil {
			err = k.NeedCases("paytm")
		}
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("traffic: %v, want %q", err, want)
		}
	}
}
