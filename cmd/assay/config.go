package main

import (
	"cmp"
	_ "embed" // for the schema
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"assay/internal/catalog"
	"assay/internal/config"
	"assay/internal/report"
)

// configSchema is the schema of what `assay config --json` prints.
const configSchema = "assay.settings/v1"

// settingsSchema is the JSON Schema of what config --json writes.
//
//go:embed settings.schema.json
var settingsSchema []byte

// settingsDocument is what `assay config --json` prints.
type settingsDocument struct {
	Schema      string          `json:"schema"`
	File        string          `json:"file"` // "" if none is read
	Settings    []settingRow    `json:"settings"`
	Credentials []credentialUse `json:"credentials"`
}

// settingRow is a setting that some commands have in common.
type settingRow struct {
	Name     string      `json:"name"`
	Values   []settingOf `json:"values"`
	Commands []string    `json:"commands"`
}

type settingOf struct {
	Value string `json:"value"`
	From  string `json:"from"`
}

// credentialUse says where a credential comes from, and never what it is.
type credentialUse struct {
	Provider string `json:"provider"`
	Name     string `json:"name"`
	Variable string `json:"variable"`
	Set      bool   `json:"set"`
	From     string `json:"from"`
}

func (p *program) configCommand() *cobra.Command {
	var asJSON, schema bool
	c := &cobra.Command{
		Use:   "config [COMMAND] [-- FLAGS]",
		Short: "show the settings in force, and where each comes from",
		Long: `config shows the settings that commands use, and where each comes from: a flag, an environment
variable, a line of assay.yaml, or the default. With the name of a command it shows those of this
command, as if it had the flags after --. It shows no credential, only whether its variable is set.`,
		Example: `  assay config
  assay config run -- --fail-on warning
  assay config --json
  assay config --schema > assay.schema.json`,
		RunE: func(c *cobra.Command, args []string) error {
			if schema {
				_, err := p.stdout.Write(config.Schema)
				return err
			}
			document, err := p.settingsInForce(c, args)
			if err != nil {
				return err
			}
			if asJSON {
				return p.writeJSON(document)
			}
			return p.writeSettings(document)
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "write JSON (schema "+configSchema+") instead of a table")
	c.Flags().BoolVar(&schema, "schema", false, "print the JSON Schema of assay.yaml, and do nothing else")
	return c
}

// settingsInForce collects the settings of one command or of all.
func (p *program) settingsInForce(c *cobra.Command, args []string) (*settingsDocument, error) {
	var err error
	if p.config, err = p.readConfig(); err != nil {
		return nil, err
	}
	document := &settingsDocument{Schema: configSchema, Settings: []settingRow{}, Credentials: []credentialUse{}}
	if p.config != nil {
		document.File = p.config.Path
	}
	of, rest, err := commandsOf(c.Root(), args)
	if err != nil {
		return nil, err
	}
	for _, command := range of {
		if err := command.ParseFlags(rest); err != nil {
			return nil, &exit{exitUsage, err.Error(), "`assay " + command.Name() + " --help` lists its flags"}
		}
		all, err := p.settings(command, command.Flags().Args())
		if err != nil {
			return nil, err
		}
		for _, s := range all {
			if s.key.Kind == config.Hosts {
				p.hosts = append(p.hosts, s.values...)
			}
			document.add(s, command.Name())
		}
	}
	slices.SortStableFunc(document.Settings, func(a, b settingRow) int { return keyIndex(a.Name) - keyIndex(b.Name) })
	if err := p.apply(c, nil); err != nil { // --data, for the specifications
		return nil, err
	}
	document.Credentials, err = p.credentialsUsed()
	return document, err
}

// commandsOf reads the arguments of config: no command, or one with its flags.
func commandsOf(root *cobra.Command, args []string) (of []*cobra.Command, rest []string, err error) {
	var names []string
	for _, k := range config.Keys() {
		for _, name := range k.Commands {
			if !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	selected := names
	if len(args) > 0 {
		if !slices.Contains(names, args[0]) {
			return nil, nil, unknownName("command with settings", args[0], names, "assay help config")
		}
		selected, rest = args[:1], args[1:]
	}
	for _, name := range selected {
		command, _, err := root.Find([]string{name})
		if err != nil {
			return nil, nil, err
		}
		command.InheritedFlags() // adds --data
		of = append(of, command)
	}
	return of, rest, nil
}

// add adds a setting of a command to the row of the commands that have the same.
func (d *settingsDocument) add(s inForce, command string) {
	row := settingRow{Name: s.key.Name, Values: []settingOf{}, Commands: []string{command}}
	for _, v := range s.values {
		row.Values = append(row.Values, settingOf{masked(v.text), v.from})
	}
	for i := range d.Settings {
		if had := &d.Settings[i]; had.Name == row.Name && slices.Equal(had.Values, row.Values) {
			had.Commands = append(had.Commands, command)
			return
		}
	}
	d.Settings = append(d.Settings, row)
}

func keyIndex(name string) int {
	return slices.IndexFunc(config.Keys(), func(k config.Key) bool { return k.Name == name })
}

// credentialsUsed lists the credentials of all providers.
func (p *program) credentialsUsed() ([]credentialUse, error) {
	p.lintsLater = true
	k, err := p.catalog(catalog.Options{Traffic: true})
	if err != nil {
		return nil, err
	}
	all := []credentialUse{}
	for _, s := range k.Specs {
		for _, c := range s.Credentials {
			one := credentialUse{s.Provider, c.Name, p.variable(c.Env), p.getenv(c.Env) != "", "specification"}
			if p.config != nil && p.config.Keys[s.Provider][c.Name].Name != "" {
				one.From = p.config.Keys[s.Provider][c.Name].From
			}
			all = append(all, one)
		}
	}
	return all, nil
}

// writeSettings prints the tables of `assay config`.
func (p *program) writeSettings(d *settingsDocument) error {
	file := report.Foreign(d.File)
	if d.File == "" {
		file = "none; assay searches for assay.yaml from the working directory upwards"
		if p.noConfig {
			file = "none, because of --no-config"
		}
	}
	if _, err := fmt.Fprintf(p.stdout, "file: %s\n\n", file); err != nil {
		return err
	}
	t := tabwriter.NewWriter(p.stdout, 0, 0, 2, ' ', 0)
	row(t, "SETTING", "VALUE", "FROM", "COMMANDS")
	for _, s := range d.Settings {
		if len(s.Values) == 0 {
			s.Values = []settingOf{{"", fromDefault}}
		}
		for i, v := range s.Values {
			shown := cmp.Or(report.Foreign(v.Value), "-")
			if i == 0 {
				row(t, s.Name, shown, report.Foreign(v.From), strings.Join(s.Commands, " "))
			} else {
				row(t, "", shown, report.Foreign(v.From))
			}
		}
	}
	row(t, "")
	row(t, "CREDENTIAL", "VARIABLE", "FROM")
	for _, c := range d.Credentials {
		set := "not set"
		if c.Set {
			set = "set"
		}
		row(t, c.Provider+" "+c.Name, c.Variable+" ("+set+")", report.Foreign(c.From))
	}
	return t.Flush()
}
