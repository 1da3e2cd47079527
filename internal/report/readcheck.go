package report

import (
	"errors"
	"fmt"
	"slices"

	"assay/internal/contract"
	"assay/internal/lazy"
)

// The checks below keep a damaged or altered report from being read as a better one.

var (
	fingerprintText = lazy.Regexp(`^[0-9a-f]{16}$`)
	changeText      = lazy.Regexp(`^[0-9a-f]{12,16}$`)
	digestText      = lazy.Regexp(`^sha256:[0-9a-f]{64}$`)
)

// checkRun returns an error for a report that JSON does not write.
func checkRun(r *contract.Report) error {
	switch {
	case r.Specs == nil, r.Results == nil, r.Coverage == nil:
		return errors.New("it is damaged: it has no member specs, results or coverage")
	case !slices.Contains(contract.Severities(), r.FailOn):
		return wrongValue("failOn", string(r.FailOn))
	case r.Traffic != nil && (r.Traffic.Operations == nil || r.Traffic.Groups == nil):
		return errors.New("it is damaged: its traffic has no member operations or groups")
	}
	for provider, digest := range r.Specs {
		if !digestText().MatchString(digest) {
			return wrongValue("specs."+provider, digest)
		}
	}
	for _, result := range r.Results {
		if err := checkResult(result); err != nil {
			return fmt.Errorf("%w (result %s)", err, quote(result.Case))
		}
	}
	if r.Traffic != nil {
		for _, g := range r.Traffic.Groups {
			if err := checkFinding(g.Finding); err != nil {
				return err
			}
		}
		for name, count := range r.Traffic.Operations {
			if count == nil {
				return wrongValue("operations."+name, "null")
			}
		}
	}
	return checkShard(r)
}

func checkResult(r contract.Result) error {
	switch {
	case r.Case == "":
		return errors.New("it is damaged: a result has no case")
	case !slices.Contains([]contract.Verdict{contract.Errored, contract.Fail, contract.Inconclusive, contract.Pass}, r.Verdict):
		return wrongValue("verdict", string(r.Verdict))
	case r.Evidence != contract.NoEvidence && !slices.Contains(contract.Evidences(), r.Evidence):
		return wrongValue("evidence", string(r.Evidence))
	case r.Checked == nil || r.Inconclusive == nil || r.Findings == nil:
		return errors.New("it is damaged: a result has no member checked, inconclusive or findings")
	}
	for _, f := range r.Findings {
		if err := checkFinding(f); err != nil {
			return err
		}
	}
	return nil
}

func checkFinding(f contract.Finding) error {
	switch {
	case f.Rule == "":
		return errors.New("it is damaged: a finding has no rule")
	case !slices.Contains(contract.Severities(), f.Severity):
		return wrongValue("severity", string(f.Severity))
	case !fingerprintText().MatchString(f.Fingerprint):
		return wrongValue("fingerprint", f.Fingerprint)
	case f.Status != "" && !slices.Contains([]string{contract.StatusNew, contract.StatusKnown, contract.StatusBack}, f.Status):
		return wrongValue("status", f.Status)
	}
	return nil
}

// checkShard returns an error for a shard that no run has.
func checkShard(r *contract.Report) error {
	s := r.Shard
	if s == nil {
		return nil
	}
	if s.Of < 1 || s.Index < 1 || s.Index > s.Of || len(s.Positions) != len(r.Results) || slices.ContainsFunc(s.Positions, func(at int) bool { return at < 0 || at >= s.Total }) {
		return errors.New("it is damaged: its member shard does not fit the results")
	}
	return nil
}

// checkDrift returns an error for a comparison that DriftJSON does not write.
func checkDrift(d *contract.Drift) error {
	switch {
	case !slices.Contains(contract.Impacts(), d.FailOn):
		return wrongValue("failOn", string(d.FailOn))
	case d.Compared == nil || d.Changes == nil:
		return errors.New("it is damaged: it has no member compared or changes")
	}
	for _, c := range d.Changes {
		switch {
		case !slices.Contains(contract.Impacts(), c.Impact):
			return wrongValue("impact", string(c.Impact))
		case !changeText().MatchString(c.ID):
			return wrongValue("id", c.ID)
		}
	}
	return nil
}

func wrongValue(member, value string) error {
	return fmt.Errorf("it is damaged, or a newer assay wrote it: %s is %s", Foreign(member), quote(value))
}
