package report

import (
	"maps"
	"slices"

	"assay/internal/contract"
)

// reproduce lists what somebody needs to get the same report again.
func reproduce(r *contract.Report, how How) []detail {
	all := command(how)
	all = append(all, detail{"assay", r.Assay})
	for _, provider := range slices.Sorted(maps.Keys(r.Specs)) {
		all = append(all, detail{"specification of " + provider, r.Specs[provider]})
	}
	return all
}

// reproduceDrift is reproduce for a comparison.
func reproduceDrift(d *contract.Drift, how How) []detail {
	return append(command(how), detail{"assay", d.Assay}, detail{"old", Foreign(d.Old.Name)}, detail{"new", Foreign(d.New.Name)})
}

// command is the command that was given, and the seed of random choices if it has one.
func command(how How) []detail {
	var all []detail
	if how.Command != "" {
		all = append(all, detail{"command", Visible(words(how.Command))})
	}
	if how.Seed != "" {
		all = append(all, detail{"seed", how.Seed})
	}
	return all
}
