package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"assay/internal/golden"
	"assay/internal/redact"
	"assay/internal/testsize"
)

// seededFault is a fault put into the data, and the run that finds it.
type seededFault struct {
	run   string // the arguments of assay run
	code  int    // its exit code
	edits []textEdit
	// printed: the manifest says that the provider's page prints the changed response.
	printed bool
}

// textEdit replaces a text in a file. Without an old text it writes the whole file.
type textEdit struct{ file, old, by string }

// seededFaults are ten kinds of faults by the names of their golden files.
func seededFaults() map[string]seededFault {
	const enkash, accepted = "specs/enkash.yaml", "enkash/createOrder/accepted"
	recorded := "cassettes/" + accepted + ".yaml"
	retyped := textEdit{recorded, `"orderId":"PVE1237825869"`, `"orderId":1237825869`}
	const code = "met by third-party code\n      - code: \"0\"\n        outcome: "
	one := func(file, old, by string) []textEdit { return []textEdit{{file, old, by}} }
	return map[string]seededFault{
		"wrong-type":        {accepted, exitFindings, []textEdit{retyped}, true},
		"missing-member":    {accepted, exitFindings, one(recorded, `"redirectionUrl":"https://olympus-pg-uat.enkash.in/REDACTED",`, ``), false},
		"undocumented-code": {accepted, exitFindings, one(recorded, `"response_code":0`, `"response_code":999`), true},
		"wrong-signature":   {"paytm/createOrder/accepted", exitFindings, one("cassettes/paytm/createOrder/accepted.yaml", `"signature":"eyKf`, `"signature":"AyKf`), true},
		"request-departs":   {"paytm/createOrder/amount-invalid", exitFindings, one("fixtures/paytm/createOrder/amount-invalid.yaml", `    - {rule: request-documented, at: "request#/body/txnAmount/value"}`+"\n", ""), false},
		"client-misreads":   {accepted, exitFindings, one(enkash, code+"succeeded", code+"pending"), false},
		"wrong-case":        {accepted, exitFindings, one("fixtures/"+accepted+".yaml", `want: {code: "0"}`, `want: {code: "117"}`), false},
		"missing-recording": {accepted, exitInconclusive, one(recorded, `{"orderId":"ORDER00001"`, `{"orderId":"ORDER00002"`), false},
		"waivers": {"enkash", exitFindings, []textEdit{retyped, {"fixtures/waivers.yaml", "", "" +
			"- {rule: fields-typed, where: " + accepted + ", owner: Asha, reason: the provider will change it, evidence: a message of the provider, expires: 2020-01-31}\n" +
			"- {rule: reference-kept, where: " + accepted + ", owner: Asha, reason: the adapter will read it, evidence: a message of the provider, expires: 2099-12-31}\n"}}, false},
		"wrong-specification": {"enkash", exitFindings, one(enkash, "description: {type: string, x-doc: description}", "description: {type: string}"), false},
	}
}

// plainDir returns a temporary folder whose random name does not look like personal data, since
// reports redact names that do.
func plainDir(t *testing.T) string {
	t.Helper()
	for {
		dir, err := os.MkdirTemp("", "assay-failing-")
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = os.RemoveAll(dir) }) // it is temporary anyway
		if redact.Name(dir) == dir {
			return dir
		}
	}
}

// TestFailing shows what a developer sees of ten failing runs: as text, from the Ginkgo
// suites, and as JUnit. testdata/failing has a file for each. In its short form, it has five runs, and
// does not build the suites.
func TestFailing(t *testing.T) {
	t.Parallel()
	suites := filepath.Join(t.TempDir(), "suites.test")
	if testsize.Full() {
		if out, err := exec.CommandContext(t.Context(), "go", "test", "-c", "-ldflags=-w", "-o", suites, "../../suites").CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
	}
	for name, p := range some(seededFaults(), 5) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := plainDir(t)
			p.lay(t, dir)
			junit := filepath.Join(dir, "junit.xml")
			var out, complaints bytes.Buffer
			if code := run(t.Context(), []string{"run", p.run, "--data", dir, "--report", "text", "--report", "junit=" + junit}, nil, &out, &complaints); code != p.code {
				t.Errorf("exit code %d, want %d: %s", code, p.code, complaints.String())
			}
			tests, err := os.ReadFile(junit)
			if err != nil {
				t.Fatal(err)
			}
			shown := map[string][]byte{"txt": out.Bytes(), "xml": failures(t, tests)}
			if testsize.Full() {
				shown["ginkgo"] = ginkgoPrints(t, suites, dir, p.run)
			}
			for file, got := range shown {
				got = bytes.ReplaceAll(got, []byte(dir), []byte("DATA"))
				if bytes.Contains(got, []byte("\x1b")) || bytes.Contains(got, []byte("contract.")) {
					t.Errorf("%s has colours, or Go syntax", file)
				}
				golden.Compare(t, filepath.Join("testdata", "failing", name+"."+file), got)
			}
		})
	}
}

// ginkgoPrints returns what the suites print of a run that fails, without times.
func ginkgoPrints(t *testing.T, suites, dir, selection string) []byte {
	t.Helper()
	focus := " " + regexp.QuoteMeta(selection) + "[:/]"
	suite := exec.CommandContext(t.Context(), suites, "-test.run", "^TestContracts$", "--data", dir, "--ginkgo.seed", "1", "--ginkgo.focus", focus)
	suite.Dir = "../../suites"
	suite.Env = append(os.Environ(), "GOGC=400") // a larger heap, as in these tests
	printed, err := suite.CombinedOutput()
	if status := (*exec.ExitError)(nil); !errors.As(err, &status) {
		t.Errorf("the suites pass: %v", err)
	}
	return withoutTimes(printed)
}

// lay writes the changed files below dir. A cassette gets its new digest in the
// manifest, and its new evidence if a page prints the response. A printed
// response has no age, so the output is the same every day.
func (p seededFault) lay(t *testing.T, dir string) {
	t.Helper()
	for _, e := range p.edits {
		before := onDisk(t, e.file)
		after := strings.Replace(before, e.old, e.by, 1)
		if e.old == "" {
			after = e.by
		}
		if after == before {
			t.Fatalf("%s does not hold %q", e.file, e.old)
		}
		layFile(t, dir, e.file, after)
		if strings.HasPrefix(e.file, "cassettes/") {
			const manifest = "cassettes/manifest.yaml"
			listed := strings.Replace(onDisk(t, manifest), digest(before), digest(after), 1)
			if p.printed {
				listed = strings.Replace(listed, digest(after)+"\n  evidence: simulated", digest(after)+"\n  evidence: documented", 1)
			}
			layFile(t, dir, manifest, listed)
		}
	}
}

func layFile(t *testing.T, dir, file, text string) {
	t.Helper()
	path := filepath.Join(dir, filepath.FromSlash(file))
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func onDisk(t *testing.T, file string) string {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("..", "..", filepath.FromSlash(file)))
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

func digest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

// withoutTimes removes the lines with times from the output of a test binary.
func withoutTimes(out []byte) []byte {
	return regexp.MustCompile(`(?m)^(--- FAIL: .*|FAIL)\n`).ReplaceAll(out, nil)
}

// failures keeps the failed tests and errors of a JUnit file.
func failures(t *testing.T, junit []byte) []byte {
	t.Helper()
	all := regexp.MustCompile(`(?s)    <testcase .*?</testcase>\n`).ReplaceAllFunc(junit, func(one []byte) []byte {
		if bytes.Contains(one, []byte("<failure ")) || bytes.Contains(one, []byte("<error ")) {
			return one
		}
		return nil
	})
	if !bytes.Contains(all, []byte("<testcase ")) {
		t.Error("no test fails")
	}
	return all
}
