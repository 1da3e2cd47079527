package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"assay/internal/catalog"
	"assay/internal/contract"
	"assay/internal/lazy"
	"assay/internal/redact"
	"assay/internal/report"
	"assay/internal/skeleton"
	"assay/internal/traffic"
)

func (p *program) newCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "new",
		Short: "begin a specification for another provider",
		Long: `new begins a specification for a provider that assay does not know, with cases and a README. See
assay new provider --help.`,
		Example: `  assay new provider shop
  assay new provider booth --from traffic.har`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(p.newProvider())
	return c
}

func (p *program) newProvider() *cobra.Command {
	var from, operations, hosts []string
	c := &cobra.Command{
		Use:   "provider NAME [DIR]",
		Short: "write the beginning of a specification, with cases and a README",
		Long: `provider writes specs/NAME.yaml, cases in fixtures/NAME and a README to DIR, or else to a folder
called NAME. It overwrites no existing file. Without --from it writes a template.

--from reads one of these, by content:
  an OpenAPI document, 3.0 or 3.1     schemas and parameters as the document has them
  a Postman collection v2.1           requests, saved responses, variables and authorization
  traffic: HAR, NDJSON, cassettes     members seen; required unless one was without it; ids in paths

The result is a beginning. What was inferred has x-assumed: true and its source in x-doc. Result
codes are listed with how often they were seen, and all have the outcome unknown. Rules about such
operations are inconclusive until you have compared each fact with the provider's documents, and
removed its mark: nothing inferred counts as documented.

Of the values in traffic and collections it writes only result codes and words such as INR. The
others become placeholders of the same form. Names of members, hosts and segments of paths are
written unless they look like data: read the result before you pass it on.

It learns the host with most calls, and says on standard error which others it left out.`,
		Example: `  assay new provider shop
  assay new provider kiosk --from openapi.yaml --operation create_link
  assay new provider stall mine --from collection.json
  assay new provider booth --from traffic.har --from more.ndjson`,
		RunE: func(c *cobra.Command, args []string) error {
			switch {
			case len(args) == 0 || len(args) > 2:
				return &exit{exitUsage, "new provider takes a name, and perhaps a folder", "assay new provider shop"}
			case !skeleton.ValidName(args[0]):
				return &exit{exitUsage, fmt.Sprintf("%s cannot be the name of a provider", report.Foreign(args[0])), "use up to 32 lower-case letters and digits, and no digit first"}
			}
			dir := args[0]
			if len(args) == 2 {
				dir = args[1]
			}
			return p.writeSkeleton(c.Context(), args[0], dir, from, operations, hosts)
		},
	}
	c.Flags().StringArrayVar(&from, "from", nil, "begin with `FILE`; for traffic also a folder, a glob, or -; repeatable")
	c.Flags().StringArrayVar(&operations, "operation", nil, "keep only the operation with this `ID`, or \"METHOD /path\"; repeatable")
	c.Flags().StringArrayVar(&hosts, "host", nil, "learn from the calls to this `HOST`, not to the one with most; repeatable")
	return c
}

func (p *program) writeSkeleton(ctx context.Context, name, dir string, from, operations, hosts []string) error {
	if _, err := fs.Stat(catalog.Embedded().Specs, name+".yaml"); err == nil {
		return &exit{exitUsage, "assay has a specification of " + name + " already", "`assay export DIR` writes it to a folder; or choose another name"}
	}
	files, made, err := p.skeletonFiles(ctx, name, from, operations, hosts)
	if err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return &exit{exitUsage, err.Error(), "`assay new provider --help` says what --from reads"}
	}
	for _, f := range files {
		path := filepath.Join(dir, filepath.FromSlash(f.Path))
		if _, err := os.Lstat(path); err == nil || !errors.Is(err, fs.ErrNotExist) {
			return &exit{exitUsage, report.Foreign(path) + " is there already; nothing was written", "name another folder: assay new provider " + name + " DIR"}
		}
	}
	for _, f := range files {
		if err := createFile(filepath.Join(dir, filepath.FromSlash(f.Path)), f.Data); err != nil {
			return &exit{exitUsage, err.Error(), ""}
		}
	}
	shown := report.Foreign(dir)
	for _, left := range made.Hosts {
		if len(hosts) > 0 {
			break // the user chose
		}
		if _, err := fmt.Fprintf(p.stderr, "left out: %s; --host HOST learns from another host\n", report.Foreign(left)); err != nil {
			return err
		}
	}
	_, err = fmt.Fprintf(p.stderr, "%d files for %s written to %s; read %s first, then `assay lint %s` and `assay run %s --data %s`\n",
		len(files), contract.Plural(len(made.Operations), "operation"), shown, report.Foreign(filepath.Join(dir, "README.md")), shown, name, shown)
	return err
}

// createFile writes a file that must not exist yet.
func createFile(path string, data []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	return errors.Join(err, f.Close())
}

// skeletonFiles makes the files, and says what they have.
func (p *program) skeletonFiles(ctx context.Context, name string, from, operations, hosts []string) ([]skeleton.File, *skeleton.Provider, error) {
	if len(from) == 0 {
		switch {
		case len(operations) > 0:
			return nil, nil, errors.New("--operation needs --from")
		case len(hosts) > 0:
			return nil, nil, errors.New("--host needs --from")
		}
		files, err := skeleton.Blank(name)
		return files, &skeleton.Provider{Operations: make([]*skeleton.Operation, 1)}, err
	}
	made, err := p.learnProvider(ctx, name, from, operations, hosts)
	if err != nil {
		return nil, nil, err
	}
	files, err := made.Files()
	return files, made, err
}

// learnProvider reads the sources, which are one document, one collection, or traffic.
func (p *program) learnProvider(ctx context.Context, name string, from, operations, hosts []string) (*skeleton.Provider, error) {
	source := redact.Name(filepath.Base(from[0]))
	if from[0] == "-" {
		source = "standard input"
	}
	if len(from) == 1 {
		if raw := smallFile(from[0]); raw != nil {
			switch {
			case isOpenAPI(raw) && len(hosts) > 0:
				return nil, errors.New("--host is for traffic and collections; " + source + " is an OpenAPI document")
			case isOpenAPI(raw):
				return skeleton.FromDocument(name, source, raw, operations)
			case skeleton.IsCollection(raw):
				made, err := skeleton.FromCollection(name, source, raw, hosts...)
				if err == nil {
					err = made.Keep(operations)
				}
				return made, err
			}
		}
	}
	if len(from) > 1 {
		source += " and others"
	}
	all, unreadable, err := p.recordedTraffic(ctx, from)
	if err != nil {
		return nil, err
	}
	made, err := skeleton.FromTraffic(name, source, all, hosts...)
	if err != nil {
		return nil, err
	}
	if unreadable > 0 {
		made.Left = append(made.Left, contract.Plural(unreadable, "entry")+" of the traffic could not be read")
	}
	return made, made.Keep(operations)
}

// largestDocument is the size of the largest document or collection, in bytes.
const largestDocument = 32 << 20

// smallFile reads a file that may be a document; nil: it is none.
func smallFile(path string) []byte {
	info, err := os.Stat(path)
	if err != nil || !info.Mode().IsRegular() || info.Size() > largestDocument {
		return nil
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil
	}
	return bytes.TrimPrefix(raw, []byte("\xef\xbb\xbf"))
}

var openapiKey = lazy.Regexp(`(?m)^["']?(openapi|swagger)["']?\s*:`)

// isOpenAPI reports whether a text is an OpenAPI document.
func isOpenAPI(raw []byte) bool {
	if trimmed := bytes.TrimSpace(raw); len(trimmed) == 0 || trimmed[0] != '{' {
		return openapiKey().Match(raw)
	}
	var top struct{ OpenAPI, Swagger string }
	return json.Unmarshal(raw, &top) == nil && (top.OpenAPI != "" || top.Swagger != "")
}

// recordedTraffic reads exchanges, and counts the entries that cannot be read.
func (p *program) recordedTraffic(ctx context.Context, from []string) (all []skeleton.Recorded, unreadable int, err error) {
	var first error
	err = traffic.Read(ctx, from, p.stdin, traffic.Options{}, func(e *traffic.Entry) error {
		if len(all) >= skeleton.MostExchanges {
			return errEnough
		}
		ex, err := e.Exchange()
		if err != nil && !errors.Is(err, traffic.ErrNoResponse) {
			if unreadable++; first == nil {
				first = err
			}
			return nil
		}
		all = append(all, skeleton.Recorded{Exchange: ex, Absent: err != nil})
		return nil
	})
	if errors.Is(err, errEnough) {
		err = nil
	}
	if err == nil && len(all) == 0 {
		err = first
	}
	return slices.Clip(all), unreadable, err
}

// errEnough ends the reading of traffic.
var errEnough = errors.New("there are enough exchanges")
