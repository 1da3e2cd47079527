// Command assay holds payment providers, and the code that speaks to them, to
// what the providers document. README.md says how to begin.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"assay/internal/catalog"
)

// version is that of the command and of its reports.
const version = "0.1.0"

// The exit codes; README.md documents them.
const (
	exitConforms = 0
	exitFindings = 1
	exitUsage    = 2 // usage, configuration, or data that does not load
	exitBlind    = 3 // could not look: nothing selected, nothing responded, nothing proved
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	p := &program{stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr, alone: true}
	code := p.execute(ctx, os.Args[1:])
	stop()
	os.Exit(code)
}

// exit is an error that carries its exit code. An empty text says nothing
// more: the report has said it.
type exit struct {
	code int
	text string
	hint string
}

func (e *exit) Error() string { return e.text }

// run is the whole program, in a process that does other things as well. Reports go
// to stdout, words to stderr.
func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	return (&program{stdin: stdin, stdout: stdout, stderr: stderr}).execute(ctx, args)
}

func (p *program) execute(ctx context.Context, args []string) int {
	log.SetOutput(io.Discard) // net/http quotes there what providers say: bodies, cookies
	root := p.command()
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return exitConforms
	}
	var known *exit
	if !errors.As(err, &known) { // cobra's own: a wrong flag, command or number of arguments
		known = &exit{exitUsage, err.Error(), "`assay --help` lists commands and flags"}
	}
	if known.text != "" {
		complain(p.stderr, known.text, known.hint)
	}
	return known.code
}

// unknownName is the error for a name that does not exist. It suggests a name that is
// close; otherwise its hint lists the names, or the command that does.
func unknownName(kind, name string, names []string, command string) *exit {
	return &exit{exitUsage, fmt.Sprintf("there is no %s %q%s", kind, name, catalog.DidYouMean(name, names)), catalog.Choices(name, names, command)}
}

func complain(stderr io.Writer, text, hint string) {
	_, _ = fmt.Fprintf(stderr, "assay: %s\n", strings.ReplaceAll(text, "\n", "\nassay: ")) // nowhere left to say so
	if hint != "" {
		_, _ = fmt.Fprintf(stderr, "hint: %s\n", hint)
	}
}

// program is what commands share.
type program struct {
	stdin          io.Reader
	stdout, stderr io.Writer
	data           string
	color          string
	alone          bool // nothing else runs in this process, so its memory is the command's
}

func (p *program) command() *cobra.Command {
	root := &cobra.Command{
		Use:   "assay",
		Short: "check that payment providers, and the code that calls them, behave as documented",
		Long: `assay checks that payment providers, and the code that calls them, behave as the providers
document. It works offline with recorded responses. Use --help with a command for its flags.
Exit codes: 0 conforms, 1 findings, 2 wrong usage or data, 3 assay could not check.`,
		Example: `  assay run                          play all cases of all providers
  assay run paytm/createOrder        play the cases of one operation
  assay explain paytm/324            explain a result code
  assay list ambiguities             list where the documents contradict themselves`,
		SilenceErrors: true, SilenceUsage: true,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	root.SetOut(p.stdout)
	root.SetErr(p.stderr)
	root.PersistentFlags().StringVar(&p.data, "data", "", "use the data in `DIR` over the embedded data; see assay export")
	root.PersistentFlags().StringVar(&p.color, "color", "auto", "`WHEN` to use colour: auto, always or never")
	root.AddCommand(p.run(), p.list(), p.explain(), p.export(), p.version(), p.sandbox(), p.record(), p.check(), p.proxy(), p.drift(), p.ledgerCommand())
	root.SetHelpCommand(p.help())
	root.SetHelpFunc(func(c *cobra.Command, _ []string) { _, _ = io.WriteString(p.stdout, helpText(c)) })
	return root
}

// catalog loads the data that the flags name.
func (p *program) catalog(options catalog.Options) (*catalog.Catalog, error) {
	data, err := p.laid()
	if err != nil {
		return nil, err
	}
	k, err := catalog.Load(data, options)
	if err != nil {
		return nil, p.unloaded(err)
	}
	return k, nil
}

// need loads providers that a catalog was not asked for at first.
func (p *program) need(k *catalog.Catalog, providers ...string) error {
	return p.unloaded(k.Need(providers...))
}

// unloaded says whose files do not load.
func (p *program) unloaded(err error) error {
	switch {
	case err == nil:
		return nil
	case p.data == "":
		return &exit{exitUsage, err.Error(), ""}
	}
	return &exit{exitUsage, err.Error(), "the files are those below " + p.data + ", and the embedded ones that it leaves"}
}

// laid is the data that --data names.
func (p *program) laid() (catalog.Data, error) {
	data := catalog.Embedded()
	if p.data == "" {
		return data, nil
	}
	data, err := data.Over(p.data)
	if err != nil {
		return data, &exit{exitUsage, err.Error(), "`assay export DIR` writes the embedded data out to begin with"}
	}
	return data, nil
}

// document is a specification as it is written.
func (p *program) document(file string) ([]byte, error) {
	data, err := p.laid()
	if err != nil {
		return nil, err
	}
	raw, err := fs.ReadFile(data.Specs, file)
	if err != nil {
		return nil, &exit{exitUsage, err.Error(), ""}
	}
	return raw, nil
}

// coloured tells whether text to w may carry colour.
func (p *program) coloured(w io.Writer) (bool, error) {
	switch p.color {
	case "always":
		return true, nil
	case "never":
		return false, nil
	case "auto":
		return os.Getenv("NO_COLOR") == "" && terminal(w), nil
	}
	return false, &exit{exitUsage, fmt.Sprintf("--color %s is none of auto, always, never", p.color), ""}
}

// terminal tells whether a person sits at the other end.
func terminal(stream any) bool {
	f, ok := stream.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}
