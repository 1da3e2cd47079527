package main

import (
	"fmt"

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
