package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"
)

// man is the hidden command that makes the manual pages of a release.
func (p *program) man() *cobra.Command {
	return &cobra.Command{
		Use: "man DIR", Short: "write the manual pages to a folder", Hidden: true, Args: cobra.ExactArgs(1),
		Long: `man writes a manual page for each command to DIR, such as DIR/assay-run.1. The pages have the date
of SOURCE_DATE_EPOCH, or that of today. The archives of a release have them.`,
		Example: "  assay man man1",
		RunE: func(c *cobra.Command, args []string) error {
			if err := os.MkdirAll(args[0], 0o755); err != nil {
				return &exit{exitUsage, err.Error(), ""}
			}
			root := c.Root()
			root.InitDefaultCompletionCmd()
			root.DisableAutoGenTag = true
			header := doc.GenManHeader{Section: "1", Source: "assay " + version, Manual: "assay"}
			if err := doc.GenManTreeFromOpts(root, doc.GenManTreeOptions{Header: &header, Path: args[0], CommandSeparator: "-"}); err != nil {
				return &exit{exitUsage, err.Error(), ""}
			}
			pages, err := filepath.Glob(filepath.Join(args[0], "assay*.1"))
			if err == nil {
				_, err = fmt.Fprintf(p.stderr, "%d manual pages in %s\n", len(pages), args[0])
			}
			return err
		},
	}
}
