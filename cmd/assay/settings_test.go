package main

import (
	"slices"
	"strings"
	"testing"

	"assay/internal/config"
)

// TestSettingsAreFlags checks that each command that may have a setting has its flag, and
// that each command with such a flag may have the setting.
func TestSettingsAreFlags(t *testing.T) {
	t.Parallel()
	root := fresh()
	for _, k := range config.Keys() {
		if k.Flag == "" {
			continue
		}
		var with []string
		for _, c := range root.Commands() {
			if k.Name == "reports" && (c.Name() == "ledger" || c.Name() == "report") {
				continue // they check nothing: a pipeline's reports would be written again
			}
			if c.LocalFlags().Lookup(k.Flag) != nil {
				with = append(with, c.Name())
			}
		}
		want := slices.Clone(k.Commands)
		slices.Sort(want)
		slices.Sort(with)
		if !slices.Equal(with, want) {
			t.Errorf("%s: the commands %v have --%s; the setting is for %v", k.Name, with, k.Flag, want)
		}
		for _, name := range k.Top {
			if !slices.Contains(k.Commands, name) {
				t.Errorf("%s: %s takes it from the top, but may not have its own", k.Name, name)
			}
		}
	}
}

// TestSettingsDefaults checks that the file accepts the default of each flag that has
// valid words, so that a user can write it down.
func TestSettingsDefaults(t *testing.T) {
	t.Parallel()
	root := fresh()
	for _, k := range config.Keys() {
		for _, name := range k.Commands {
			c, _, err := root.Find([]string{name})
			if err != nil {
				t.Fatal(err)
			}
			if k.Flag == "" || k.Kind == config.List || k.Kind == config.Hosts {
				continue
			}
			if text := c.Flags().Lookup(k.Flag).DefValue; k.Fault(name, text) != "" {
				t.Errorf("%s: %s: the default %q: %s", name, k.Name, text, k.Fault(name, text))
			}
		}
	}
}

// TestHelpListsSettings checks that the topic config names every setting and variable.
func TestHelpListsSettings(t *testing.T) {
	t.Parallel()
	text, err := topicText("config")
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range config.Keys() {
		name := k.Name[strings.Index(k.Name, "/")+1:]
		for _, want := range []string{name, k.Env} {
			if !strings.Contains(text, want) {
				t.Errorf("the topic config does not name %s", want)
			}
		}
	}
	if !strings.Contains(text, configVariable) {
		t.Errorf("the topic config does not name %s", configVariable)
	}
}

// TestVariablesAreNoCredentials checks that no setting has the variable of a credential.
func TestVariablesAreNoCredentials(t *testing.T) {
	t.Parallel()
	text := environment()
	for _, k := range config.Keys() {
		if slices.Contains(strings.Fields(text), k.Env) {
			t.Errorf("%s is the variable of a credential", k.Env)
		}
	}
}
