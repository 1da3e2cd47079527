package report

import (
	"maps"
	"slices"
	"strings"

	"assay/internal/contract"
)

// reproduce lists what somebody needs to get the same report again.
func reproduce(r *contract.Report, how How) []detail {
	all := command(how.reproduce(r.Reproduce))
	return append(append(all, detail{"assay", r.Assay}), digests(r.Specs)...)
}

// digests are the digests of specifications.
func digests(of map[string]string) []detail {
	var all []detail
	for _, name := range slices.Sorted(maps.Keys(of)) {
		all = append(all, detail{"specification of " + Foreign(name), of[name]})
	}
	return all
}

// reproduceDrift is reproduce for a comparison.
func reproduceDrift(d *contract.Drift, how How) []detail {
	all := append(command(how.reproduce(d.Reproduce)), detail{"assay", d.Assay}, detail{"old", Foreign(d.Old.Name)}, detail{"new", Foreign(d.New.Name)})
	return append(all, digests(d.Specs)...)
}

// reproduce gives the command of a report, safe to show: the one that is running, or the one
// that is known from a report that was read. nil: none is known.
func (h How) reproduce(read *contract.Reproduce) *contract.Reproduce {
	if h.Command != "" {
		read = &contract.Reproduce{Command: h.Command, Seed: h.Seed}
	}
	if read == nil {
		return nil
	}
	return &contract.Reproduce{Command: Visible(words(read.Command)), Seed: Foreign(read.Seed)}
}

// command is the command that was given, and the seed of random choices if it has one.
func command(of *contract.Reproduce) []detail {
	var all []detail
	if of == nil {
		return nil
	}
	if of.Command != "" {
		all = append(all, detail{"command", of.Command})
	}
	if of.Seed != "" {
		all = append(all, detail{"seed", of.Seed})
	}
	return all
}

// hasCommand reports whether the details have a command. Formats for people leave the others
// out without it.
func hasCommand(all []detail) bool {
	return commandOf(all) != ""
}

// reproduceText writes the details in at most two lines: the command, and what it ran with.
func reproduceText(all []detail) string {
	if !hasCommand(all) {
		return ""
	}
	text := ""
	var with []string
	for _, d := range all {
		switch provider, ofSpec := strings.CutPrefix(d.Name, "specification of "); {
		case d.Name == "command":
			text = "reproduce: " + d.Value + "\n"
		case ofSpec:
			with = append(with, provider+" "+short(d.Value))
		case d.Name == "old" || d.Name == "new": // they stand in the text
		default:
			with = append(with, d.Name+" "+d.Value)
		}
	}
	return text + "  with " + strings.Join(with, ", ") + "\n"
}

// commandOf is the command among the details; "": it is not known.
func commandOf(all []detail) string {
	for _, d := range all {
		if d.Name == "command" {
			return d.Value
		}
	}
	return ""
}

// short is the beginning of a digest, as long as people need it.
func short(digest string) string {
	_, hex, _ := strings.Cut(digest, ":")
	return hex[:min(len(hex), 12)]
}

// reproduceProperties are the properties of a test suite for the details.
func reproduceProperties(all []detail) properties {
	if !hasCommand(all) {
		return nil
	}
	return mapped(all, func(d detail) property { return property{"reproduce: " + d.Name, Visible(d.Value)} })
}
