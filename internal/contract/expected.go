package contract

// The headers in which a test names itself, and the findings that it expects.
const (
	CaseHeader   = "Assay-Case"
	ExpectHeader = "Assay-Expect"
)

// Test is what the test that sends a request says about it: its name, and the findings
// that it provokes on purpose. `assay exec` reads both from headers.
type Test struct {
	Name     string // "": it has none
	Findings []ExpectedFinding
}
