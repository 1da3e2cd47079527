package main

import (
	"cmp"
	"crypto/sha256"
	_ "embed" // for the schema
	"encoding/hex"
	"io/fs"
	"runtime/debug"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"assay/specs"
)

// versionSchema is the JSON Schema of what version --json writes.
//
//go:embed version.schema.json
var versionSchema []byte

// versionDocument is what `assay version` says about a binary.
type versionDocument struct {
	Schema         string       `json:"schema"`
	Assay          string       `json:"assay"`              // the version
	Commit         string       `json:"commit,omitempty"`   // "" if the binary was not built in a clone
	Modified       bool         `json:"modified,omitempty"` // files differed from the commit
	Specifications []specDigest `json:"specifications"`     // in the order of the providers
}

// specDigest identifies the embedded specification of a provider, as reports do.
type specDigest struct {
	Provider string `json:"provider"`
	Digest   string `json:"digest"` // sha256:<hex>
}

func (p *program) version() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use: "version", Short: "print the version", Args: cobra.NoArgs,
		Long: `version prints the version, the commit, and the digest of each embedded specification. Reports have
the same version and the same digests.`,
		Example: `  assay version
  assay version --json`,
		RunE: func(*cobra.Command, []string) error {
			info, _ := debug.ReadBuildInfo() // nil without module support; then there is no commit
			d, err := versionOf(info, specs.Files)
			switch {
			case err != nil:
				return err
			case asJSON:
				return p.writeJSON(d)
			}
			t := tabwriter.NewWriter(p.stdout, 0, 0, 2, ' ', 0)
			row(t, "assay "+d.Assay)
			row(t, "commit "+d.commit())
			for _, s := range d.Specifications {
				row(t, "specification "+s.Provider, s.Digest)
			}
			return t.Flush()
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "write JSON (schema assay.version/v1)")
	return c
}

// versionOf describes a binary with its build information, which may be nil, and its
// specifications. The go command notes the commit when it builds in a checkout.
func versionOf(info *debug.BuildInfo, files fs.FS) (*versionDocument, error) {
	d := &versionDocument{Schema: "assay.version/v1", Assay: version}
	if info != nil {
		for _, s := range info.Settings {
			switch s.Key {
			case "vcs.revision":
				d.Commit = s.Value
			case "vcs.modified":
				d.Modified = s.Value == "true"
			}
		}
	}
	names, err := fs.Glob(files, "*.yaml")
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		raw, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, err
		}
		sum := sha256.Sum256(raw)
		d.Specifications = append(d.Specifications, specDigest{strings.TrimSuffix(name, ".yaml"), "sha256:" + hex.EncodeToString(sum[:])})
	}
	return d, nil
}

// commit is the commit in words.
func (d *versionDocument) commit() string {
	text := cmp.Or(d.Commit, "unknown: not built in a clone")
	if d.Modified {
		text += ", with changes"
	}
	return text
}
