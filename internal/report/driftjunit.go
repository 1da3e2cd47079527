package report

import (
	"fmt"
	"io"

	"assay/internal/contract"
)

// DriftJUnit writes one test suite for each operation, and in it one test for each change.
// An operation without drift has one test that passes. An operation that was not compared
// has one test that is skipped.
func DriftJUnit(w io.Writer, d *contract.Drift, how How) error {
	all, about := &suites{Name: "assay drift"}, reproduceProperties(reproduceDrift(d, how))
	for _, name := range d.Compared {
		s := &suite{Name: Foreign(name), Properties: about}
		for _, c := range d.Changes {
			if c.Operation == name {
				s.Cases = append(s.Cases, changeTest(d, c))
			}
		}
		if len(s.Cases) == 0 {
			s.Cases = []test{{Class: Foreign(name), Name: "has not drifted"}}
		}
		all.Suites = append(all.Suites, s)
	}
	for _, l := range uncompared(d) {
		for _, name := range foreigns(l.operations) {
			one := test{Class: name, Name: "is compared", Skipped: &skip{Message: l.why}}
			all.Suites = append(all.Suites, &suite{Name: name, Cases: []test{one}})
		}
	}
	if d.Baseline != nil {
		all.Suites = append(all.Suites, baselineSuite(d.Baseline))
	}
	if d.Partial {
		one := test{Class: "assay drift", Name: "is complete", Skipped: &skip{Message: "stopped before the end; the comparison covers what was read before"}}
		all.Suites = append(all.Suites, &suite{Name: "assay drift", Cases: []test{one}})
	}
	return all.write(w)
}

// changeTest is the test of one change. It fails if the change reaches --fail-on.
func changeTest(d *contract.Drift, c contract.Change) test {
	t := test{Class: c.Operation, Name: fmt.Sprintf("%s %s %s %s", c.Kind, Foreign(c.Code), place(c.At), c.ID)}
	message := Sentence(c.Message)
	t.Out = fmt.Sprintf("%s%s: %s%s%s\nfirst %s, last %s\n%s%s", c.Impact, before(" ", c.Status), message, often(c), before("; ", Sentence(c.Why)), Foreign(c.First), Foreign(c.Last), Visible(words(c.Command)), before("\nsuch as: ", string(namedJSON(c.Example))))
	if d.Fails(c) {
		t.Failure = &problem{Message: fmt.Sprintf("%s: %s", c.Impact, message), Type: string(c.Kind), Text: t.Out}
		t.Out = ""
	}
	return t
}
