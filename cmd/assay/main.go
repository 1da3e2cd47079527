// Command assay checks that payment providers, and the code that calls them, behave as
// the providers document. It needs no network: recorded responses take the place of the
// providers. README.md says how to start.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log"
	"os"
	"slices"
	"sync/atomic"
	"syscall"
	"time"
	_ "time/tzdata" // the time zones of assay watch, for systems and images without them

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"assay/internal/catalog"
	"assay/internal/config"
	"assay/internal/contract"
	"assay/internal/crash"
	"assay/internal/history"
	"assay/internal/report"
	"assay/internal/watch"
)

// version is the version of the command and of its reports. The tag of a release is v and
// this version: make release refuses another one.
const version = "0.1.0-dev"

// The exit codes. README.md documents them.
const (
	exitConforms     = 0
	exitFindings     = 1
	exitUsage        = 2 // wrong usage, or data that does not load
	exitInconclusive = 3 // inconclusive: nothing was selected, no response came, or no rule checked one
)

func main() {
	p := &program{stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr, heap: startHeap()}
	os.Exit(p.untilSignal(os.Args[1:]))
}

// exit is an error with its exit code. If the text is empty, a report has already said
// what is wrong and nothing more is printed.
type exit struct {
	code int
	text string
	hint string
}

func (e *exit) Error() string { return e.text }

// run executes a command in a process that also does other things. Reports go to
// stdout, messages to stderr.
func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	return (&program{stdin: stdin, stdout: stdout, stderr: stderr}).execute(ctx, args)
}

// time gives the time of what a command finds.
func (p *program) time() time.Time {
	if p.now != nil {
		return p.now()
	}
	return time.Now()
}

func (p *program) execute(ctx context.Context, args []string) int {
	log.SetOutput(io.Discard) // net/http logs parts of responses, such as cookies
	p.args, p.began = args, time.Now()
	root := p.command()
	root.SetArgs(args)
	var used *cobra.Command
	var err error
	if crashed := crash.Contain("assay", func() { used, err = root.ExecuteContextC(ctx) }); crashed != nil {
		used, _, _ = root.Find(args) // the command, or the root
		err = crashed
	}
	if err == nil {
		if p.unsound {
			return exitFindings
		}
		return exitConforms
	}
	known, stack := exitOf(err)
	if p.unsound && known.code == exitInconclusive {
		known = &exit{exitFindings, known.text, known.hint}
	}
	if known.text != "" {
		printError(p.stderr, args, known.text, known.hint)
	}
	if verbose, _ := used.Flags().GetBool("verbose"); verbose { // not every command has the flag
		for _, function := range stack {
			_, _ = fmt.Fprintln(p.stderr, "  "+function) // there is no other place to report it
		}
	}
	return known.code
}

// exitOf gives the exit for an error of a command, and where assay panicked, if it did.
func exitOf(err error) (known *exit, stack []string) {
	crashed := new(crash.Error)
	if errors.As(err, &crashed) {
		stack = crashed.Stack
	}
	switch {
	case errors.As(err, &known):
	case errors.Is(err, syscall.EPIPE): // such as assay list cases | head
		known = &exit{exitInconclusive, "", ""}
	case stack != nil:
		known = &exit{exitInconclusive, err.Error(), ""}
	default: // an error of cobra: a wrong flag, command or number of arguments
		known = &exit{exitUsage, err.Error(), "`assay --help` lists commands and flags"}
	}
	return known, stack
}

// unknownName is the error for a name that does not exist. It suggests a name that is
// close; otherwise its hint lists the names, or the command that does.
func unknownName(kind, name string, names []string, command string) *exit {
	return &exit{exitUsage, fmt.Sprintf("there is no %s %q%s", kind, name, catalog.DidYouMean(name, names)), catalog.Choices(name, names, command)}
}

// program is what all commands share: streams and global flags.
type program struct {
	stdin          io.Reader
	stdout, stderr io.Writer
	args           []string         // of the command
	shown          []string         // the arguments that a report shows; nil: args
	began          time.Time        // when the command did
	now            func() time.Time // the time of what it finds; nil: time.Now
	clock          watch.Clock      // of assay watch; nil: that of the machine
	data           string
	color          string
	configFile     string                           // --config
	noConfig       bool                             // --no-config
	config         *config.File                     // nil: there is none
	chosen         []string                         // the selection of assay.yaml or the environment
	hosts          []value                          // those that are in force, if the environment or assay.yaml gives some
	known          knownCredentials                 // for secrets
	variables      map[string]string                // the variables of credentials that assay.yaml names, by those of the specifications
	formats        report.Formats[*contract.Report] // for runs; nil: report.Runs
	more           catalog.Options                  // Rules, Inputs and Adapters added to the built-in ones
	unhurried      atomic.Bool                      // a server drains, or reports are being written
	marker         *history.Marker                  // of --baseline, for events; nil: none
	failOn         contract.Severity                // of the command, for the marker
	linted         map[string]bool                  // the providers that lintLaid has checked
	warned         func(text, hint string)          // gets what a user must know; nil: it is printed
	requests       atomic.Int64                     // that a live run sent
	source         string                           // the job of assay watch whose changes a ledger records; "": none
	unsound        bool                             // lintLaid found an error
	lintsLater     bool                             // catalog does not lint what --data lays over: the command does it later, or needs it not
	observe        func(contract.Result)            // gets every result while a command judges; nil: none does
	reportsTo      io.Writer                        // where reports without a path go; nil: stdout
	abandon        atomic.Pointer[func()]           // ends what must not outlive this process; it may be nil
	heap           *heap                            // of the process; nil: other things run in it, and no command changes how garbage is collected
}

func (p *program) command() *cobra.Command {
	root := &cobra.Command{
		Use:   "assay",
		Short: "check that payment providers, and the code that calls them, behave as documented",
		Long: `assay checks that payment providers, and the code that calls them, behave as documented. It works
offline. Exit codes: 0 conforms, 1 findings, 2 wrong usage or data, 3 assay could not check.`,
		Example: `  assay run                                 play all cases of all providers
  assay conform paytm -- python3 client.py  hold your own client to the cases of a provider`,
		SilenceErrors: true, SilenceUsage: true,
		Args: notTopic,
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	root.SetOut(p.stdout)
	root.SetErr(p.stderr)
	root.PersistentFlags().StringVar(&p.data, "data", "", "use the data in `DIR` over the embedded data; see assay export")
	root.PersistentFlags().StringVar(&p.color, "color", "auto", "`WHEN` to use colour: auto, always or never")
	root.PersistentFlags().StringVar(&p.configFile, "config", "", "read settings from `FILE`; see assay help config")
	root.PersistentFlags().BoolVar(&p.noConfig, "no-config", false, "read no assay.yaml")
	root.PersistentPreRunE = p.configure
	root.AddCommand(p.run(), p.conform(), p.list(), p.explain(), p.export(), p.version(), p.sandbox(), p.record(), p.check(), p.proxy(), p.exec(), p.configCommand(), p.doctorCommand(), p.drift(), p.ledgerCommand(), p.watchCommand(), p.lint(), p.reportCommand(), p.newCommand(), p.man())
	root.SetHelpCommand(p.help())
	root.SetHelpFunc(func(c *cobra.Command, _ []string) { _, _ = io.WriteString(p.stdout, helpFor(c)) })
	return root
}

// notTopic refuses arguments of assay itself. A help topic is not a command.
func notTopic(c *cobra.Command, args []string) error {
	if len(args) > 0 && slices.Contains(topicNames(), args[0]) {
		return &exit{exitUsage, args[0] + " is a help topic, not a command", "`assay help " + args[0] + "` shows it"}
	}
	return cobra.NoArgs(c, args)
}

// catalog loads the data that --data and the options select.
func (p *program) catalog(options catalog.Options) (*catalog.Catalog, error) {
	data, err := p.loadData()
	if err != nil {
		return nil, err
	}
	options.Rules, options.Inputs, options.Adapters = p.more.Rules, p.more.Inputs, p.more.Adapters
	k, err := catalog.Load(data, options)
	if err != nil {
		return nil, p.loadError(err)
	}
	if !p.lintsLater {
		p.lintLaid(k, nil)
	}
	return k, p.nameVariables(k)
}

// need loads more providers into a catalog.
func (p *program) need(k *catalog.Catalog, providers ...string) error {
	err := errors.Join(p.loadError(k.Need(providers...)), p.nameVariables(k))
	if err == nil && !p.lintsLater {
		p.lintLaid(k, nil)
	}
	return err
}

// loadError turns an error in the data into an exit with code 2. With --data, its hint
// says which files were read.
func (p *program) loadError(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.As(err, new(*crash.Error)):
		return err // the data may be right
	case p.data == "":
		return &exit{exitUsage, err.Error(), ""}
	}
	return &exit{exitUsage, err.Error(), "the files below " + p.data + " were read, and the embedded files that they do not replace"}
}

// loadData gives the embedded data, with the files of --data in place of those they
// replace.
func (p *program) loadData() (catalog.Data, error) {
	data := catalog.Embedded()
	if p.data == "" {
		return data, nil
	}
	data, err := data.Over(p.data)
	if err != nil {
		return data, &exit{exitUsage, err.Error(), "`assay export DIR` writes the embedded data to a folder; change it there"}
	}
	return data, nil
}

// document reads a specification file without parsing it.
func (p *program) document(file string) ([]byte, error) {
	data, err := p.loadData()
	if err != nil {
		return nil, err
	}
	raw, err := fs.ReadFile(data.Specs, file)
	if err != nil {
		return nil, &exit{exitUsage, err.Error(), ""}
	}
	return raw, nil
}

// useColor reports whether text written to w has colour.
func (p *program) useColor(w io.Writer) (bool, error) {
	switch p.color {
	case "always":
		return true, nil
	case "never":
		return false, nil
	case "auto":
		return os.Getenv("NO_COLOR") == "" && isTerminal(w), nil
	}
	return false, &exit{exitUsage, fmt.Sprintf("--color %s: use auto, always or never", p.color), ""}
}

// isTerminal reports whether a stream is a terminal.
func isTerminal(stream any) bool {
	f, ok := stream.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}
