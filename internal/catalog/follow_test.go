package catalog_test

import (
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"assay/internal/catalog"
)

// following is what is embedded, with cases that follow others beside it, by their
// names. Each is like one that its provider has.
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

// TestFollowsAnother has a case of one provider follow one of another: both are there,
// however the cases are asked for.
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
			t.Errorf("%s: what the case follows is not there", name)
		}
		if k.Spec("paytring") != nil {
			t.Errorf("%s: a provider is loaded that no case needs", name)
		}
	}
}

// TestFollowsUnplayable has a case follow one that can never be played: the error comes when
// the provider is loaded, with the others and without them.
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
