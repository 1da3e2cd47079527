package catalog_test

import (
	"errors"
	"io/fs"
	"strings"
	"testing"

	"assay/internal/catalog"
	"assay/internal/crash"
)

// panicking is a file system that panics over one file.
type panicking struct {
	fs.FS
	file string
}

func (p panicking) Open(name string) (fs.File, error) {
	if strings.HasSuffix(name, p.file) {
		panic("planted")
	}
	return p.FS.Open(name)
}

// TestPanics plants a panic in the reading of a specification and of a case, which
// goroutines read. The error says so.
func TestPanics(t *testing.T) {
	t.Parallel()
	for name, plant := range map[string]func(*catalog.Data){
		"specification": func(d *catalog.Data) { d.Specs = panicking{d.Specs, "paytm.yaml"} },
		"case":          func(d *catalog.Data) { d.Fixtures = panicking{d.Fixtures, "accepted.yaml"} },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			data := catalog.Embedded()
			plant(&data)
			if _, err := catalog.Load(data, catalog.Options{}); !errors.As(err, new(*crash.Error)) || !strings.Contains(err.Error(), name) {
				t.Errorf("%v", err)
			}
		})
	}
}
