package judge

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"assay/internal/catalog"
	"assay/internal/contract"
	"assay/internal/rule"
)

// ReadTest reads what a test says about its request: the values of the headers Assay-Case,
// a name, and Assay-Expect, a list of RULE or RULE@PLACE. An error names what is wrong;
// then the test has a name at most.
func ReadTest(names, expected []string) (*contract.Test, error) {
	test := &contract.Test{}
	var faults []error
	switch {
	case len(names) > 1:
		faults = append(faults, fmt.Errorf("%s is given %d times; a test has one name", contract.CaseHeader, len(names)))
	case len(names) == 1:
		if test.Name = strings.ToValidUTF8(strings.TrimSpace(names[0]), "?"); test.Name == "" {
			faults = append(faults, fmt.Errorf("%s is empty; expected the name of a test", contract.CaseHeader))
		}
	}
	for _, list := range expected {
		for _, one := range strings.Split(list, ",") {
			e, err := readExpected(strings.TrimSpace(one))
			if err != nil {
				faults = append(faults, fmt.Errorf("%s: %w", contract.ExpectHeader, err))
				continue
			}
			test.Findings = append(test.Findings, e)
		}
	}
	if len(faults) > 0 {
		test.Findings = nil
	}
	return test, errors.Join(faults...)
}

// readExpected reads RULE or RULE@PLACE.
func readExpected(text string) (e contract.ExpectedFinding, err error) {
	id, at, placed := strings.Cut(text, "@")
	known, ok := rule.Find(id)
	switch {
	case id == "":
		return e, errors.New("expected RULE or RULE@PLACE")
	case !ok:
		return e, fmt.Errorf("there is no rule %q%s", id, catalog.DidYouMean(id, catalog.RuleIDs()))
	case known.Whole || known.Family == "client" || known.Family == "cassette":
		return e, fmt.Errorf("the rule %s does not check the traffic of a test; expected one of %s", id, strings.Join(trafficRules(), ", "))
	case !placed:
		return contract.ExpectedFinding{Rule: id}, nil
	}
	place, err := contract.ParsePlace(at)
	if err == nil && place.Direction() == "" {
		err = fmt.Errorf("%q: expected a place of a request or response", at)
	}
	if err != nil {
		return e, err
	}
	return contract.ExpectedFinding{Rule: id, At: place}, nil
}

// trafficRules are the ids of the rules that check exchanges of no case.
func trafficRules() []string {
	var ids []string
	for _, r := range rule.Rules() {
		if slices.Contains([]string{"request", "response"}, r.Family) && !r.Whole {
			ids = append(ids, r.ID)
		}
	}
	return ids
}
