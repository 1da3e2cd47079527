package main

import (
	"fmt"
	"runtime/debug"

	"github.com/spf13/cobra"
)

func (p *program) export() *cobra.Command {
	return &cobra.Command{
		Use:   "export DIR",
		Short: "write specifications, cases and cassettes to a folder",
		Long: `export writes the embedded specifications, cases and cassettes to DIR. Change them there and use
them with --data DIR: a file there replaces the embedded file of the same name. With --data, export
writes the data of both. It overwrites no existing file. ` + "`assay help dialect`" + ` describes the
specifications.`,
		Example: `  assay export mine
  assay run --data mine
  assay list cases --data mine
  assay sandbox paytm --data mine`,
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return &exit{exitUsage, "export takes one directory", "assay export mine"}
			}
			data, err := p.loadData()
			if err != nil {
				return err
			}
			n, err := data.Export(args[0])
			if err != nil {
				return &exit{exitUsage, err.Error(), ""}
			}
			_, err = fmt.Fprintf(p.stderr, "%d files written to %s; `assay run --data %s` uses them\n", n, args[0], args[0])
			return err
		},
	}
}

func (p *program) version() *cobra.Command {
	return &cobra.Command{
		Use: "version", Short: "print the version", Example: "  assay version", Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			info, _ := debug.ReadBuildInfo() // nil without module support; then there is no commit
			_, err := fmt.Fprintln(p.stdout, "assay "+versionWithCommit(info))
			return err
		},
	}
}

// versionWithCommit gives the version, with the commit if the command was built in a
// checkout: 0.1.0-dev+0123456789ab, and .modified after it if files differed from the commit.
func versionWithCommit(info *debug.BuildInfo) string {
	if info == nil {
		return version
	}
	settings := map[string]string{}
	for _, s := range info.Settings {
		settings[s.Key] = s.Value
	}
	commit := settings["vcs.revision"]
	if commit == "" {
		return version
	}
	commit = commit[:min(len(commit), 12)]
	if settings["vcs.modified"] == "true" {
		commit += ".modified"
	}
	return version + "+" + commit
}
