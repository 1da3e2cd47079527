package main

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"assay/internal/config"
	"assay/internal/report"
)

// configVariable names the file of settings.
const configVariable = "ASSAY_CONFIG"

// value is a part of a setting, and where it comes from: "flag", "default", a variable of
// the environment, or a file and line.
type value struct{ text, from string }

// inForce is a setting as a command uses it.
type inForce struct {
	key    config.Key
	values []value
	set    bool // the environment or the file gives some of it
}

func (s inForce) texts() []string {
	var all []string
	for _, v := range s.values {
		all = append(all, v.text)
	}
	return all
}

const (
	fromFlag    = "flag"
	fromDefault = "default"
)

// configHint says how to go on after an error in the settings.
const configHint = "`assay help config` lists the settings; --no-config ignores the file"

// configPath finds the file of settings; "" if there is none.
func (p *program) configPath() (path string, err error) {
	switch {
	case p.noConfig && p.configFile != "":
		return "", &exit{exitUsage, "--config and --no-config cannot be combined", ""}
	case p.noConfig:
		return "", nil
	case p.configFile != "":
		return p.configFile, nil
	case os.Getenv(configVariable) != "":
		return os.Getenv(configVariable), nil
	}
	if path, err = config.Find("."); err != nil {
		return "", &exit{exitUsage, "searching for " + config.Name + ": " + err.Error(), configHint}
	}
	return path, nil
}

// readConfig reads the file of settings; nil if there is none.
func (p *program) readConfig() (*config.File, error) {
	path, err := p.configPath()
	if path == "" || err != nil {
		return nil, err
	}
	f, err := config.Read(path)
	if err != nil {
		hint := configHint
		if strings.Contains(err.Error(), ": watch") {
			hint = "`assay help watch` has an example, `assay config --schema` every member"
		}
		return nil, &exit{exitUsage, err.Error(), hint}
	}
	return f, nil
}

// configure gives a command the settings of the environment and of assay.yaml, where no
// flag is given.
func (p *program) configure(c *cobra.Command, args []string) error {
	if slices.Contains([]string{"", "help", "version", "config", "doctor", "completion", "__complete", "__completeNoDesc"}, topCommand(c)) {
		return nil // they report a wrong file themselves, or need none
	}
	var err error
	if p.config, err = p.readConfig(); err != nil {
		return err
	}
	return p.apply(c, args)
}

// apply sets the flags of a command that are not given to what is in force.
func (p *program) apply(c *cobra.Command, args []string) error {
	all, err := p.settings(c, args)
	if err != nil {
		return err
	}
	for _, s := range all {
		if s.key.Flag == "" {
			p.chosen = s.texts()
			continue
		}
		if !s.set {
			continue
		}
		if err := setFlag(c, s); err != nil {
			return err
		}
		if s.key.Kind == config.Hosts {
			p.hosts = s.values
		}
	}
	return nil
}

// setFlag sets a flag, which cobra does not count as given on the command line.
func setFlag(c *cobra.Command, s inForce) error {
	flag := c.Flags().Lookup(s.key.Flag).Value
	if list, ok := flag.(interface{ Replace([]string) error }); ok {
		return list.Replace(s.texts())
	}
	if err := flag.Set(s.values[0].text); err != nil {
		return &exit{exitUsage, fmt.Sprintf("%s: %v", s.values[0].from, err), configHint}
	}
	return nil
}

// topCommand is the name of a command below assay, also for its subcommands; "" for assay.
func topCommand(c *cobra.Command) string {
	_, rest, _ := strings.Cut(c.CommandPath(), " ")
	name, _, _ := strings.Cut(rest, " ")
	return name
}

// settings gives everything that a command takes from flags, the environment, the file and
// its defaults.
func (p *program) settings(c *cobra.Command, args []string) ([]inForce, error) {
	var all []inForce
	command := topCommand(c)
	for _, k := range config.Keys() {
		if len(k.Commands) > 0 && !slices.Contains(k.Commands, command) || k.Flag != "" && c.Flags().Lookup(k.Flag) == nil {
			continue
		}
		s := p.setting(c, k, command, args)
		if err := checkSetting(s, command); err != nil {
			return nil, err
		}
		all = append(all, s)
	}
	return all, nil
}

// setting gives one setting of a command. The hosts of several sources are combined, by
// provider. Of everything else, the first source wins.
func (p *program) setting(c *cobra.Command, k config.Key, command string, args []string) inForce {
	flags, given := flagValues(c, k, args)
	sources := [][]value{}
	if given {
		sources = append(sources, flags)
	}
	if text := os.Getenv(k.Env); text != "" && k.TakesTop(command) {
		sources = append(sources, environmentValues(k, text))
	}
	if s, ok := p.config.Setting(k, command); ok {
		sources = append(sources, valuesFrom(s.Texts, s.From))
	}
	if k.Kind == config.Hosts {
		all := hostsOf(c, sources)
		return inForce{k, all, slices.ContainsFunc(all, func(v value) bool { return v.from != fromFlag })}
	}
	if len(sources) == 0 {
		return inForce{key: k, values: flags}
	}
	return inForce{k, sources[0], !given}
}

// hostsOf combines hosts: the first of each provider wins. With --provider, the hosts of
// other providers are left out, unless a flag gives them.
func hostsOf(c *cobra.Command, sources [][]value) []value {
	only := ""
	if f := c.Flags().Lookup("provider"); f != nil {
		only = f.Value.String()
	}
	had := map[string]bool{}
	var all []value
	for _, source := range sources {
		var named []string
		for _, v := range source {
			provider, _, _ := strings.Cut(v.text, "=")
			if !had[provider] && (v.from == fromFlag || only == "" || only == provider) {
				all = append(all, v)
			}
			named = append(named, provider)
		}
		for _, provider := range named {
			had[provider] = true
		}
	}
	return all
}

// flagValues gives what the command line says, or the default, and whether it is given.
func flagValues(c *cobra.Command, k config.Key, args []string) (all []value, given bool) {
	if k.Flag == "" {
		if dash := c.ArgsLenAtDash(); dash >= 0 {
			args = args[:dash]
		}
		return valuesFrom(args, fromFlag), len(args) > 0
	}
	flag := c.Flags().Lookup(k.Flag)
	from := fromDefault
	if flag.Changed {
		from = fromFlag
	}
	texts := []string{flag.Value.String()}
	if list, ok := flag.Value.(interface{ GetSlice() []string }); ok {
		texts = list.GetSlice()
	}
	return valuesFrom(texts, from), flag.Changed
}

// environmentValues reads a variable. The parts of a list are separated by spaces.
func environmentValues(k config.Key, text string) []value {
	if k.Kind == config.List || k.Kind == config.Hosts {
		return valuesFrom(strings.Fields(text), k.Env)
	}
	return valuesFrom([]string{text}, k.Env)
}

func valuesFrom(texts []string, from string) []value {
	all := []value{}
	for _, text := range texts {
		all = append(all, value{text, from})
	}
	return all
}

// checkSetting checks what comes from the environment or the file. The command checks its
// flags.
func checkSetting(s inForce, command string) error {
	formats := map[string][]string{"drift": report.Drifts().Names(), "lint": report.Lints().Names()}[command]
	if formats == nil {
		formats = report.Runs().Names()
	}
	for _, v := range s.values {
		if v.from == fromFlag || v.from == fromDefault {
			continue
		}
		var err error
		switch s.key.Kind {
		case config.Hosts:
			_, err = parseBases([]string{v.text})
		case config.List:
			if s.key.Flag == "report" {
				_, err = parseReportsOf([]string{v.text}, formats)
			}
		default:
			if wrong := s.key.Fault(command, v.text); wrong != "" {
				err = errors.New(s.key.Name + ": " + wrong)
			}
		}
		if err != nil {
			known := &exit{hint: configHint}
			_ = errors.As(err, &known)
			return &exit{exitUsage, v.from + ": " + err.Error(), cmp.Or(known.hint, configHint)}
		}
	}
	return nil
}
