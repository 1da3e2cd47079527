package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"assay/internal/contract"
	"assay/internal/report"
	"assay/internal/testsize"
)

// driftNonsense runs comparisons in a separate process in which every template has the
// same nonsense text: driftnonsense DIR.
func driftNonsense() {
	for _, t := range templates() {
		t.Text = nonsenseText
	}
	if err := runComparisons(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// TestDriftNonsense replaces the text of every template of a change. Overlays, ledgers,
// baselines, exit codes and JSON members other than sentences stay the same, so no code
// depends on a sentence.
func TestDriftNonsense(t *testing.T) {
	testsize.SkipUnlessFull(t)
	t.Parallel()
	plain, other := t.TempDir(), t.TempDir()
	if output, err := exec.CommandContext(t.Context(), "driftnonsense", other).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, output)
	}
	if err := runComparisons(plain); err != nil {
		t.Fatal(err)
	}
	kinds, sentences := map[string]bool{}, 0
	for _, name := range []string{"responses.json", "responses.ledger.json", "texts.json", "texts.ledger.json", "gone.json", "gone.ledger.json", "ipayments-kyc.json", "ipayments-codes.json", "enkash-amount.json", "enkash-mandatory.json", "paytring-fetch.json", "documents.ledger.json"} {
		if !strings.HasSuffix(name, ".ledger.json") {
			checkDriftSchema(t, filepath.Join(plain, name))
		}
		was, _ := withoutSentences(t, filepath.Join(plain, name), kinds)
		is, output := withoutSentences(t, filepath.Join(other, name), kinds)
		if line, differs := firstDifference(was, is); differs {
			t.Errorf("%s depends on sentences: %s", name, line)
		}
		sentences += len(output)
		for _, sentence := range output {
			if sentence != nonsenseText {
				t.Errorf("%s: %q is not made of a template that is listed", name, sentence)
			}
		}
	}
	for _, name := range []string{"responses.yaml", "texts.yaml", "gone.yaml", "exits"} {
		was, err := os.ReadFile(filepath.Join(plain, name))
		if err != nil {
			t.Fatal(err)
		}
		is, err := os.ReadFile(filepath.Join(other, name))
		if line, differs := firstDifference(string(was), string(is)); err != nil || differs {
			t.Errorf("%s depends on sentences, %v: %s", name, err, line)
		}
	}
	if len(kinds) < 18 || sentences < 80 {
		t.Errorf("%d sentences of %d kinds of changes only: %v", sentences, len(kinds), kinds)
	}
}

// checkDriftSchema checks a file against the schema of drift reports.
func checkDriftSchema(t *testing.T, path string) {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	if err := compiled(t, report.DriftSchema).Validate(value); err != nil {
		t.Errorf("%s: %v", path, err)
	}
}

// firstDifference gives the first line in which two texts differ.
func firstDifference(a, b string) (line string, differs bool) {
	other := strings.Split(b, "\n")
	for i, line := range strings.Split(a, "\n") {
		if i >= len(other) || other[i] != line {
			return strings.Join(other[max(0, min(len(other)-1, i)-2):min(len(other), i+1)], "\n") + " and not " + line, true
		}
	}
	return "", len(a) != len(b)
}

// runComparisons runs the commands and writes their output to a folder.
func runComparisons(dir string) error {
	at := func(name string) string { return filepath.Join(dir, name) }
	var exits []string
	say := func(args ...string) string {
		var out bytes.Buffer
		code := run(context.Background(), args, strings.NewReader(""), &out, &out)
		exits = append(exits, strconv.Itoa(code))
		return out.String()
	}
	for i, change := range []func(i int, ex *contract.Exchange, body, data map[string]any){otherResponses, otherTexts, goneMembers} {
		name := []string{"responses", "texts", "gone"}[i]
		old, seen := at(name+".old.ndjson"), at(name+".ndjson")
		if err := responses(old, usualResponses); err != nil {
			return err
		}
		if err := responses(seen, func(i int, ex *contract.Exchange, body, data map[string]any) {
			usualResponses(i, ex, body, data)
			change(i, ex, body, data)
		}); err != nil {
			return err
		}
		output := say("drift", old, seen, "--overlay", at(name+".yaml"), "--ledger", at(name+".db"), "--report", "json="+at(name+".json"))
		failures := strings.Count(say("drift", old, seen, "--report", "junit"), "<failure")
		remembered := say("ledger", at(name+".db"), "--json")
		exits = append(exits, regexp.MustCompile(`(?m)^not proposed: .*$`).FindAllString(output, -1)...)
		exits = append(exits, strconv.Itoa(failures))
		if err := os.WriteFile(at(name+".ledger.json"), []byte(remembered), 0o600); err != nil {
			return err
		}
	}
	for _, pair := range []string{"ipayments-kyc", "ipayments-codes", "enkash-amount", "enkash-mandatory", "paytring-fetch"} {
		folder := filepath.Join("..", "..", "internal", "specdiff", "testdata", pair)
		say("drift", "--spec", filepath.Join(folder, "before.yaml"), filepath.Join(folder, "after.yaml"), "--ledger", at("documents.db"), "--report", "json="+at(pair+".json"))
	}
	if err := os.WriteFile(at("documents.ledger.json"), []byte(say("ledger", at("documents.db"), "--json")), 0o600); err != nil {
		return err
	}
	return os.WriteFile(at("exits"), []byte(strings.Join(exits, "\n")), 0o600)
}

// usualResponses adds a header and makes all responses take the same time.
func usualResponses(_ int, ex *contract.Exchange, _, _ map[string]any) {
	ex.Response.Header = ex.Response.Header.Clone()
	ex.Response.Header.Set("X-Old", "1")
	ex.Response.Duration = 10 * time.Millisecond
	ex.Evidence = contract.Sandbox
}

// goneMembers removes members and makes responses slower.
func goneMembers(_ int, ex *contract.Exchange, body, data map[string]any) {
	ex.Response.Header.Del("X-Old")
	ex.Response.Duration *= 5
	delete(body, "message")
	data["kid"] = "KID"
}

// otherResponses changes each of twenty responses differently.
func otherResponses(i int, ex *contract.Exchange, body, data map[string]any) {
	switch i {
	case 0, 1, 2:
		body["loyalty"] = map[string]any{"points": 7}
	case 3:
		data["kid"] = 4815162342
	case 4:
		data["kid"] = nil
	case 5:
		delete(data, "url")
	case 6:
		body["code"] = "0x0210"
	case 7:
		body["code"] = "0x0210"
		body["status"], body["message"] = "WAITING", "wait for us"
	case 8:
		delete(body, "code")
		ex.Response.Header.Del("X-Old")
	case 9:
		body["code"] = nil
	case 10:
		body["code"] = ""
	case 11:
		body["status"] = "DONE"
	case 12:
		body["message"] = "your request 'X1' is on its way"
	case 13:
		ex.Response.Status = http.StatusCreated
	case 14:
		ex.Response.Header = http.Header{"Content-Type": {"text/plain; charset=utf-8"}}
	case 15:
		body["code"] = 200
	case 16:
		body["status"] = nil
	}
}

// otherTexts changes every response in the same way.
func otherTexts(_ int, ex *contract.Exchange, _, data map[string]any) {
	ex.Response.Header.Set("X-New", "1")
	data["kid"] = "0aa5cf4c-92b1-4d8e-a0a1-3ad6e5a1a0aa"
	data["url"] = "http://pay.example/a/very/long/way/to/go/that/no/person/went/before/and/no/payer/will/ever/see/at/all/on/any/page"
	data["live"] = true
}

// withoutSentences gives a JSON file without sentences, times, paths and commands, and
// the sentences apart.
func withoutSentences(t *testing.T, path string, kinds map[string]bool) (left string, sentences []string) {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var whole any
	if err := json.Unmarshal(raw, &whole); err != nil {
		t.Fatalf("%s: %v\n%s", path, err, raw)
	}
	var strip func(value any)
	strip = func(value any) {
		switch v := value.(type) {
		case map[string]any:
			if kind, ok := v["kind"].(string); ok {
				kinds[kind] = true
				for _, name := range []string{"message", "why"} {
					if sentence, ok := v[name].(string); ok {
						sentences = append(sentences, sentence)
						delete(v, name)
					}
				}
			}
			for _, name := range []string{"first", "last", "command", "firstSeen", "lastSeen", "name"} {
				delete(v, name)
			}
			for _, item := range v {
				strip(item)
			}
		case []any:
			for _, item := range v {
				strip(item)
			}
		}
	}
	strip(whole)
	anew, err := json.MarshalIndent(whole, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(anew), sentences
}
