package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"assay/internal/catalog"
)

func (p *program) export() *cobra.Command {
	return &cobra.Command{
		Use:   "export DIR",
		Short: "write the embedded data out, to change it",
		Long: `export writes the specifications, cases and cassettes that assay was built with
into DIR. Change them there, and lay them over the embedded ones with
--data DIR. Nothing that is there already is overwritten.`,
		Example: "  assay export mine\n  assay run --data mine",
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return &exit{exitUsage, "export takes one directory", "assay export mine"}
			}
			n, err := catalog.Embedded().Export(args[0])
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
			_, err := fmt.Fprintln(p.stdout, "assay "+version)
			return err
		},
	}
}
