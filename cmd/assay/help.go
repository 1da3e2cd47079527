package main

import (
	"embed"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"assay/internal/catalog"
	"assay/internal/openapi"
)

// topicFiles has one text for each help topic. The first line is the name, a colon
// and a summary.
//
//go:embed help/*.txt
var topicFiles embed.FS

// liveTopic is the topic that lists the environment variables of all providers.
const liveTopic = "live"

// topicNames are the help topics in alphabetical order.
func topicNames() []string {
	files, _ := fs.Glob(topicFiles, "help/*.txt") // the pattern is well formed
	var names []string
	for _, file := range files {
		names = append(names, strings.TrimSuffix(strings.TrimPrefix(file, "help/"), ".txt"))
	}
	slices.Sort(names)
	return names
}

// topicText is the whole text of a help topic.
func topicText(name string) (string, error) {
	raw, err := topicFiles.ReadFile("help/" + name + ".txt")
	if err != nil {
		return "", err
	}
	if name != liveTopic {
		return string(raw), nil
	}
	return string(raw) + environment(), nil
}

// topicSummary is what follows the colon on the first line of a topic.
func topicSummary(name string) string {
	raw, _ := topicFiles.ReadFile("help/" + name + ".txt") // names come from the same files
	first, _, _ := strings.Cut(string(raw), "\n")
	return strings.TrimPrefix(first, name+": ")
}

func (p *program) help() *cobra.Command {
	return &cobra.Command{
		Use:   "help [COMMAND | TOPIC]",
		Short: "show the help of a command or a topic",
		Long: `help without an argument lists commands and topics. A name that is both, such as drift,
shows the topic; ` + "`assay drift --help`" + ` shows the command.`,
		Example: `  assay help
  assay help run
  assay help exit-codes
  assay help ledger ack`,
		ValidArgsFunction: completeHelp,
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) == 1 && slices.Contains(topicNames(), args[0]) {
				text, err := topicText(args[0])
				if err != nil {
					return err
				}
				_, err = io.WriteString(p.stdout, text)
				return err
			}
			found, rest, err := c.Root().Find(args)
			if err != nil || len(rest) > 0 {
				return unknownName("command or help topic", strings.Join(args, " "), helpNames(c.Root()), "assay help")
			}
			return found.Help()
		},
	}
}

// helpNames are the commands and topics that `assay help` accepts.
func helpNames(root *cobra.Command) []string {
	names := topicNames()
	for _, c := range root.Commands() {
		if c.IsAvailableCommand() && !slices.Contains(names, c.Name()) {
			names = append(names, c.Name())
		}
	}
	slices.Sort(names)
	return names
}

// completeHelp offers commands and topics to the shell, or the subcommands of a command.
func completeHelp(c *cobra.Command, args []string, begun string) ([]string, cobra.ShellCompDirective) {
	var names []string
	if len(args) == 0 {
		names = helpNames(c.Root())
	} else if found, rest, err := c.Root().Find(args); err == nil && len(rest) == 0 {
		for _, sub := range found.Commands() {
			names = append(names, sub.Name())
		}
	}
	names = slices.DeleteFunc(names, func(name string) bool { return !strings.HasPrefix(name, begun) })
	return names, cobra.ShellCompDirectiveNoFileComp
}

// helpFor is what --help prints. `assay TOPIC --help` prints the topic.
func helpFor(c *cobra.Command) string {
	if args := c.Flags().Args(); !c.HasParent() && len(args) > 0 {
		if text, err := topicText(args[0]); err == nil {
			return text
		}
	}
	return helpText(c)
}

// helpText is what --help prints for a command.
func helpText(c *cobra.Command) string {
	c.InitDefaultHelpFlag()
	c.InheritedFlags() // adds the flags of the root command to c.Flags
	var b strings.Builder
	about := c.Long
	if about == "" {
		about = c.Short
	}
	b.WriteString(about + "\n")
	if c.HasParent() { // the usage of assay itself says nothing
		fmt.Fprintf(&b, "\nUsage: %s\n", c.UseLine())
	}
	switch {
	case !c.HasParent(): // lines are few
		fmt.Fprintln(&b, c.Example)
	case c.Example != "":
		fmt.Fprintf(&b, "\nExamples:\n%s\n", c.Example)
	}
	t := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	if c.HasAvailableSubCommands() {
		row(t, "")
		row(t, "Commands:")
		for _, sub := range c.Commands() {
			if sub.IsAvailableCommand() && sub.Name() != "completion" && sub.Name() != "version" { // the README has them, and lines are few
				row(t, "  "+sub.Name(), sub.Short)
			}
		}
	}
	if !c.HasParent() {
		c.Flags().Lookup("help").Hidden = true // whoever reads this knows it, and lines are few
		row(t, "")
		row(t, "Topics (read one with `assay help TOPIC`):")
		for _, name := range topicNames() {
			row(t, "  "+name, topicSummary(name))
		}
	}
	_ = t.Flush() // a strings.Builder takes everything
	for _, name := range []string{"config", "no-config"} {
		if f := c.Flags().Lookup(name); f != nil && c.Name() != "config" {
			f.Hidden = true // every command has them; the topic config explains them
		}
	}
	if !c.HasParent() { // lines are few
		b.WriteString("\nEvery command has --color WHEN (auto, always or never) and --data DIR (see assay export).\n")
		return b.String()
	}
	fmt.Fprintf(&b, "\nFlags:\n%s", c.Flags().FlagUsages())
	return b.String()
}

// environment lists the variables that hold the credentials of --live, as the
// embedded specifications name them.
func environment() string {
	var b strings.Builder
	b.WriteString("Environment variables with the credentials of each provider:\n")
	all, err := openapi.LoadAll(catalog.Embedded().Specs)
	if err != nil {
		return "`assay list providers` names the environment variables of each provider.\n" // the command reports the error
	}
	for _, s := range all {
		for _, c := range s.Credentials {
			about := c.About
			if c.Optional {
				about += "; may be left out"
			}
			for i, line := range wrapped(about, 64) {
				name := c.Env
				if i > 0 {
					name = ""
				}
				fmt.Fprintf(&b, "  %-31s %s\n", name, line)
			}
		}
	}
	return b.String()
}

// wrapped breaks a text between words into lines of at most width characters.
func wrapped(text string, width int) []string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(text) {
		if line != "" && len(line)+1+len(word) > width {
			lines, line = append(lines, line), ""
		}
		if line != "" {
			line += " "
		}
		line += word
	}
	return append(lines, line)
}

// indented wraps a text to the width of a help text, behind so many spaces.
func indented(text string, spaces int) string {
	indent := strings.Repeat(" ", spaces)
	return indent + strings.Join(wrapped(text, 98-spaces), "\n"+indent)
}
