// Package config finds and reads assay.yaml: the settings that a project gives once, in
// place of flags. It only reads the file. The command decides what a flag or a variable of
// the environment overrides.
//
// A file has settings for all commands, and in its member commands settings for single
// ones, which win. Paths are relative to the folder of the file. It never holds a
// credential: its member keys names the environment variables that do.
package config

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
)

// Kind is the type of a setting in the file.
type Kind string

// The types.
const (
	Text   Kind = "text"   // one text
	List   Kind = "list"   // one text, or a list of them
	Hosts  Kind = "hosts"  // a mapping from provider to URL; it reads as PROVIDER=URL
	Number Kind = "number" // over zero
	Whole  Kind = "whole"  // a whole number over zero
	Time   Kind = "time"   // a time over zero, such as 30s
)

// Paths says which part of a text is a path, which is relative to the file.
type Paths int

// The parts.
const (
	NoPath       Paths = iota
	IsPath             // all of it
	PathAfterKey       // what follows =, such as assay.xml of junit=assay.xml
)

// Key is a setting that a file may have.
type Key struct {
	Name  string // in the file; a slash stands between the names of two levels
	Flag  string // the flag it sets; "" for the selection, which is the arguments
	Env   string // the environment variable that wins over the file
	Kind  Kind
	Paths Paths
	// Top are the commands that take the value at the top of the file. Commands are those
	// that may have their own under commands. No commands: every command takes it, and
	// none has its own.
	Top, Commands []string
	// Values are the valid words, by command; those of "" are for the others. Several
	// words with commas between them are valid if Several is true.
	Values  map[string][]string
	Several bool
}

// Keys lists all settings.
func Keys() []Key {
	judging := []string{"run", "conform", "check", "proxy", "exec"}
	cases := []string{"run", "conform", "record"}
	reporting := []string{"run", "conform", "check", "proxy", "exec", "drift", "lint"}
	hosts := []string{"run", "conform", "check", "record", "drift", "doctor"}
	waivers := append(slices.Clip(judging), "doctor")
	sending := []string{"run", "conform", "record", "drift"}
	drift := []string{"drift"}
	levels := []string{"error", "warning", "info"}
	return []Key{
		{Name: "selection", Env: "ASSAY_SELECTION", Kind: List, Top: cases, Commands: cases},
		{Name: "profile", Flag: "profile", Env: "ASSAY_PROFILE", Kind: Text, Top: judging, Commands: judging, Values: map[string][]string{"": {"default", "strict"}}},
		{Name: "fail-on", Flag: "fail-on", Env: "ASSAY_FAIL_ON", Kind: Text, Top: judging, Commands: reporting, Several: true, Values: map[string][]string{
			"": append(levels, "inconclusive"), "proxy": levels, "lint": levels, "drift": {"breaks", "degrades", "minor"},
		}},
		{Name: "waivers", Flag: "waivers", Env: "ASSAY_WAIVERS", Kind: List, Paths: IsPath, Top: waivers, Commands: waivers},
		{Name: "reports", Flag: "report", Env: "ASSAY_REPORTS", Kind: List, Paths: PathAfterKey, Top: judging, Commands: reporting},
		{Name: "hosts", Flag: "base", Env: "ASSAY_HOSTS", Kind: Hosts, Top: hosts, Commands: hosts},
		{Name: "rates/rate", Flag: "rate", Env: "ASSAY_RATE", Kind: Number, Top: sending, Commands: sending},
		{Name: "rates/max-calls", Flag: "max-calls", Env: "ASSAY_MAX_CALLS", Kind: Whole, Top: sending, Commands: sending},
		{Name: "rates/timeout", Flag: "timeout", Env: "ASSAY_TIMEOUT", Kind: Time, Top: sending, Commands: sending},
		{Name: "ledger", Flag: "ledger", Env: "ASSAY_LEDGER", Kind: Text, Paths: IsPath, Top: drift, Commands: drift},
		{Name: "data", Flag: "data", Env: "ASSAY_DATA", Kind: Text, Paths: IsPath},
	}
}

// TakesTop reports whether a command takes the value at the top of the file, or of the
// environment.
func (k Key) TakesTop(command string) bool {
	return len(k.Commands) == 0 || slices.Contains(k.Top, command)
}

// valuesOf gives the valid words for a command; none if every text is valid.
func (k Key) valuesOf(command string) []string {
	if own, ok := k.Values[command]; ok {
		return own
	}
	return k.Values[""]
}

// Fault says what is wrong with a text as the value for a command; "" if nothing is.
func (k Key) Fault(command, text string) string {
	if expected, ok := quantity(k.Kind, text); !ok {
		return "expected " + expected
	}
	valid := k.valuesOf(command)
	if len(valid) == 0 {
		return ""
	}
	words := []string{text}
	if k.Several {
		words = strings.Split(text, ",")
	}
	for _, word := range words {
		if word = strings.TrimSpace(word); !slices.Contains(valid, word) {
			return fmt.Sprintf("%q is none of %s", word, strings.Join(valid, ", "))
		}
	}
	return ""
}

// Setting is a value and where it stands.
type Setting struct {
	Texts []string // one for all kinds but List and Hosts; paths begin at the working directory
	From  string   // such as assay.yaml:3
}

// Variable is the environment variable that holds a credential.
type Variable struct{ Name, From string }

// File is a file that was read.
type File struct {
	Path string
	// Keys has the variable of each credential, by provider and name.
	Keys     map[string]map[string]Variable
	Watch    *Watch             // nil: the file has no watch
	settings map[string]Setting // by the name of a key, behind the command and a space if it is for one
}

// Setting gives the value of a key for a command, and false if the file has none.
func (f *File) Setting(k Key, command string) (Setting, bool) {
	if f == nil {
		return Setting{}, false
	}
	s, ok := f.settings[command+" "+k.Name]
	if !ok && k.TakesTop(command) {
		s, ok = f.settings[k.Name]
	}
	return s, ok
}

// at gives the path that a text of the file means.
func (f *File) at(text string, paths Paths) string {
	switch before, path, ok := strings.Cut(text, "="); {
	case paths == PathAfterKey && ok && path != "":
		return before + "=" + f.at(path, IsPath)
	case paths != IsPath, filepath.IsAbs(text):
		return text
	}
	return filepath.Join(filepath.Dir(f.Path), filepath.FromSlash(text))
}
