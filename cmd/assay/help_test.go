package main

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"assay/cassettes"
	"assay/internal/cassette"
	"assay/internal/testsize"
	"assay/internal/traffic"
)

// The size of a screen that each help text fits.
const (
	screenLines   = 40
	screenColumns = 100
)

// fresh is a command tree of its own: flags keep what was parsed.
func fresh() *cobra.Command {
	return (&program{stdout: io.Discard, stderr: io.Discard}).command()
}

// everyCommand returns the root command and all below it, except those that cobra adds.
func everyCommand(c *cobra.Command) []*cobra.Command {
	all := []*cobra.Command{c}
	for _, sub := range c.Commands() {
		all = append(all, everyCommand(sub)...)
	}
	return all
}

// helpTexts returns the help of each command and topic by name, such as "assay run" or
// "topic live".
func helpTexts(t *testing.T) map[string]string {
	t.Helper()
	root := fresh()
	root.InitDefaultCompletionCmd()
	texts := map[string]string{}
	for _, c := range everyCommand(root) {
		texts[c.CommandPath()] = helpText(c)
	}
	for _, name := range topicNames() {
		text, err := topicText(name)
		if err != nil {
			t.Fatal(err)
		}
		texts["topic "+name] = text
	}
	return texts
}

// longTopics are the topics that do not fit a screen. No other may be longer.
var longTopics = []string{"topic dialect", "topic drift", "topic evidence", "topic exit-codes", "topic live", "topic traffic"}

// TestHelpFitsAScreen checks the size of every help text.
func TestHelpFitsAScreen(t *testing.T) {
	t.Parallel()
	texts := helpTexts(t)
	for name, text := range texts {
		lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
		if len(lines) > screenLines && !slices.Contains(longTopics, name) {
			t.Errorf("%s: %d lines; %d fit", name, len(lines), screenLines)
		}
		for n, line := range lines {
			if width := utf8.RuneCountInString(line); width > screenColumns {
				t.Errorf("%s: line %d has %d columns; %d fit\n%s", name, n+1, width, screenColumns, line)
			}
		}
	}
	if want := []string{"config", "conform", "dialect", "drift", "evidence", "exit-codes", "findings", "live", "proxy", "reports", "traffic", "watch"}; !slices.Equal(topicNames(), want) {
		t.Errorf("topics %v, want %v", topicNames(), want)
	}
	for _, name := range topicNames() {
		if !strings.HasPrefix(texts["topic "+name], name+": ") {
			t.Errorf("topic %s does not begin with %q", name, name+": ")
		}
		if !strings.Contains(texts["assay"], "\n  "+name) {
			t.Errorf("assay help does not list the topic %s", name)
		}
	}
}

// example is one command line of a help text.
type example struct{ from, line string }

// comment is what follows an example on its line.
var comment = regexp.MustCompile(`\s{2,}.*`)

// examples returns the examples of every command, and the indented command lines of
// every topic.
func examples(t *testing.T) []example {
	t.Helper()
	var all []example
	for _, c := range everyCommand(fresh()) {
		if n := len(nonEmpty(c.Example)); n < 1 || n > 4 {
			t.Errorf("%s: %d examples; expected 1 to 4", c.CommandPath(), n)
		}
		for _, line := range nonEmpty(c.Example) {
			all = append(all, example{c.CommandPath(), line})
		}
	}
	for _, name := range topicNames() {
		text, err := topicText(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, line := range strings.Split(text, "\n") {
			if strings.HasPrefix(strings.TrimLeft(line, " "), "assay ") && strings.HasPrefix(line, "  ") {
				all = append(all, example{"topic " + name, strings.TrimSpace(line)})
			}
		}
	}
	return all
}

func nonEmpty(text string) []string {
	var lines []string
	for _, line := range strings.Split(text, "\n") {
		if line = comment.ReplaceAllString(strings.TrimSpace(line), ""); line != "" {
			lines = append(lines, line)
		}
	}
	return lines
}

// word is a word of a shell command: with quotes or without.
var word = regexp.MustCompile(`'[^']*'|"[^"]*"|\S+`)

// arguments are those of assay in a command line, behind a pipe if there is one.
func arguments(line string) []string {
	words := word.FindAllString(line, -1)
	if i := slices.Index(words, "|"); i >= 0 {
		words = words[i+1:]
	}
	for i, w := range words {
		words[i] = strings.Trim(w, `'"`)
	}
	if len(words) == 0 || words[0] != "assay" {
		return nil
	}
	return words[1:]
}

// TestHelpExamplesParse checks that each example names a command, its flags and a
// number of arguments that it takes.
func TestHelpExamplesParse(t *testing.T) {
	t.Parallel()
	for _, e := range examples(t) {
		args := arguments(e.line)
		c, rest, err := fresh().Find(args)
		if args == nil || err != nil {
			t.Errorf("%s: %s: no command (%v)", e.from, e.line, err)
			continue
		}
		if err := c.ParseFlags(rest); err != nil {
			t.Errorf("%s: %s: %v", e.from, e.line, err)
			continue
		}
		if err := c.ValidateArgs(c.Flags().Args()); err != nil {
			t.Errorf("%s: %s: %v", e.from, e.line, err)
		}
	}
}

// mention is a command that a text mentions, such as `assay explain RULE` in backquotes
// or assay help live without.
var mention = regexp.MustCompile("`?assay help ([a-z-]+)|`assay ([a-z]+)")

// TestHelpMentionsExist checks the commands and topics that help texts mention.
func TestHelpMentionsExist(t *testing.T) {
	t.Parallel()
	root := fresh()
	for name, text := range helpTexts(t) {
		for _, m := range mention.FindAllStringSubmatch(strings.ReplaceAll(text, "\n", " "), -1) {
			known := append(helpNames(root), "help")
			if mentioned := m[1] + m[2]; !slices.Contains(known, mentioned) {
				t.Errorf("%s: there is no command or topic %q", name, mentioned)
			}
		}
	}
}

// TestHelpExamplesRun runs each example that needs no network. Exit code 2 means that the example
// is wrong. A line that several texts show is run once, after the lines before it in the first
// text: all texts have the same files.
func TestHelpExamplesRun(t *testing.T) {
	testsize.SkipUnlessFull(t)
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("the examples are for a shell of POSIX")
	}
	by, known := map[string][]string{}, map[string]bool{}
	for _, e := range examples(t) {
		args := arguments(e.line)
		if slices.Contains(args, "--live") || slices.Contains(args, "live") && args[0] == "drift" || slices.Contains(args, "--client") || args[0] == "exec" && slices.Contains(args, "--to") {
			continue // it needs a network, or a service
		}
		if !known[e.line] {
			known[e.line], by[e.from] = true, append(by[e.from], e.line)
		}
	}
	var pool workers
	t.Cleanup(func() { pool.end(t) })
	for from, lines := range by {
		t.Run(strings.ReplaceAll(from, " ", "-"), func(t *testing.T) {
			t.Parallel()
			dir := desk(t, strings.Join(lines, "\n"))
			switch {
			case from == "assay report":
				reportsOn(t, dir)
			case strings.HasPrefix(from, "assay watch"):
				watchedOn(t, dir)
			}
			for _, line := range lines {
				if args := arguments(line); serves(args) || moreThanWords.MatchString(line) {
					shell(t, dir, line)
				} else {
					o, err := pool.run(workerJob{dir, exampleEnv(), expanded(t, dir, line)})
					if err != nil {
						t.Fatal(err)
					}
					exampleEnded(t, line, args, o.Code, string(o.Stdout)+string(o.Stderr))
				}
			}
		})
	}
}

// moreThanWords matches a line in which a shell, or assay, starts another command or opens a file.
var moreThanWords = regexp.MustCompile(`[|<>]| -- \w`)

// plainLine matches a line in which a shell has nothing to do but to split it at spaces.
var plainLine = regexp.MustCompile(`^assay [-\w ./:=,]*$`)

// expanded gives the arguments that assay gets from a shell: without quotes, and with the files
// that match patterns.
func expanded(t *testing.T, dir, line string) []string {
	t.Helper()
	if plainLine.MatchString(line) {
		return arguments(line)
	}
	c := exec.CommandContext(t.Context(), "sh", "-c", `assay() { printf '%s\0' "$@"; }; `+line)
	c.Dir, c.Env = dir, exampleEnv()
	out, err := c.Output()
	if err != nil || len(out) == 0 {
		t.Fatalf("%s: %v", line, err)
	}
	return strings.Split(strings.TrimSuffix(string(out), "\x00"), "\x00")
}

// exampleEnv is the environment of an example: that of the tests without our own variables.
func exampleEnv() []string {
	return slices.DeleteFunc(os.Environ(), func(pair string) bool { return strings.HasPrefix(pair, "ASSAY_") })
}

// exampleEnded fails the test if an example has an exit code that it should not have. A proxy
// that nothing passes through has checked nothing.
func exampleEnded(t *testing.T, line string, args []string, code int, output string) {
	t.Helper()
	if proved := code == exitConforms || code == exitFindings; !proved && (args[0] != "proxy" || code != exitInconclusive) {
		t.Errorf("%s: exit code %d\n%s", line, code, output)
	}
}

// serves reports whether a command goes on until it is ended.
func serves(args []string) bool {
	return args[0] == "sandbox" || args[0] == "proxy" || args[0] == "watch" && (len(args) == 1 || strings.HasPrefix(args[1], "-"))
}

// watchedOn writes the assay.yaml of watch examples, runs its jobs once, and plans maintenance.
func watchedOn(t *testing.T, dir string) {
	t.Helper()
	for _, folder := range []string{filepath.Join(dir, "deploy"), dir} {
		text := "watch: {store: watch.db, jobs: {trial: {kind: live, provider: paytm, sandbox: true, selection: paytm/createOrder/accepted, every: 1h}}}\n"
		if err := errors.Join(os.MkdirAll(folder, 0o755), os.WriteFile(filepath.Join(folder, "assay.yaml"), []byte(text), 0o600)); err != nil {
			t.Fatal(err)
		}
		for _, args := range [][]string{{"once"}, {"pause", "--for", "1h"}, {"pause", "paytm", "--for", "1h"}} {
			if code := run(t.Context(), append(append([]string{"watch"}, args...), "--config", filepath.Join(folder, "assay.yaml")), nil, io.Discard, t.Output()); code != exitConforms {
				t.Fatalf("watch %v: exit %d", args, code)
			}
		}
	}
}

// shell runs a line in a folder. A server is interrupted once it serves.
func shell(t *testing.T, dir, line string) {
	t.Helper()
	args := arguments(line)
	server := serves(args)
	if server {
		line = "exec " + strings.NewReplacer(":8080", ":0", ":9480", ":0").Replace(line) // whoever is on that port
	}
	line = strings.NewReplacer("python3 client.py", "testclient", "node client.js", "testclient").Replace(line)
	if command, _, ok := strings.Cut(line, " -- "); ok && args[0] == "exec" {
		line = command + " -- ordering paytm/createOrder/accepted"
	}
	c := exec.CommandContext(t.Context(), "sh", "-c", line)
	c.Dir, c.Env = dir, exampleEnv()
	heard := &outputBuffer{want: "press Ctrl-C to stop", heard: make(chan struct{})}
	var out bytes.Buffer
	c.Stdout, c.Stderr, c.WaitDelay = &out, heard, 10*time.Second
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- c.Wait() }()
	hangs := time.AfterFunc(2*time.Minute, func() { _ = c.Process.Signal(syscall.SIGQUIT) }) // it shows its goroutines
	defer hangs.Stop()
	var err error
	select {
	case err = <-ended:
		if server {
			t.Errorf("%s: ended by itself: %v\n%s", line, err, heard.String())
			return
		}
	case <-heard.heard:
		if err = c.Process.Signal(syscall.SIGINT); err == nil {
			err = <-ended
		}
	case <-time.After(time.Minute):
		_ = c.Process.Kill()
		t.Fatalf("%s: takes too long", line)
	}
	code := 0
	if failed := new(exec.ExitError); errors.As(err, &failed) {
		code = failed.ExitCode()
	} else if err != nil {
		t.Fatal(err)
	}
	exampleEnded(t, line, args, code, out.String()+heard.String())
}

// reportsOn writes the reports that examples name.
func reportsOn(t *testing.T, dir string) {
	t.Helper()
	for name, flags := range map[string][]string{"assay": nil, "today": nil, "yesterday": nil, "last-week": nil, "shard-1": {"--shard", "1/2"}, "shard-2": {"--shard", "2/2"}} {
		args := append([]string{"run", "paytm/createOrder/d*", "--report", "json=" + filepath.Join(dir, name+".json")}, flags...)
		if code := run(t.Context(), args, nil, io.Discard, io.Discard); code != exitConforms {
			t.Errorf("%q: exit %d", args, code)
		}
	}
}

// Which lines need the folders that export writes: the working directory, or mine.
var (
	needsFolder = regexp.MustCompile(`cassettes/|assay (lint|record)`)
	needsMine   = regexp.MustCompile(`\bmine\b`)
)

// desk is a folder with the files that the lines of a text name.
func desk(t *testing.T, text string) string {
	t.Helper()
	dir := t.TempDir()
	put := func(name string, raw []byte) {
		t.Helper()
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, raw, 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	if needsFolder.MatchString(text) {
		export(t, dir)
	}
	if needsMine.MatchString(text) && !strings.Contains(text, "assay export mine") {
		export(t, filepath.Join(dir, "mine"))
	}
	kyc, order := lines(t, "ipayments/initKyc/accepted"), lines(t, "paytm/createOrder/accepted")
	monday := bytes.Repeat(kyc, 4)
	tuesday := append(bytes.Repeat(kyc, 3), bytes.ReplaceAll(kyc, []byte("0x0200"), []byte("0x0210"))...)
	put("monday.ndjson", monday)
	put("tuesday.ndjson.gz", packed(t, tuesday))
	put("big.ndjson.gz", packed(t, bytes.Repeat(order, 100)))
	put("logs/today.ndjson.gz", packed(t, order))
	put("keys.yaml", []byte("paytm:\n  mid: \"216820000002516036253\"\n  merchantKey: 0123456789abcdef\n"))
	put("traffic.har", archived(t, order))
	spec, err := os.ReadFile(filepath.Join("..", "..", "specs", "paytm.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	put("more.ndjson", order)
	for name, from := range map[string]string{"openapi.yaml": "openapi30.yaml", "collection.json": "collection.json"} {
		raw, err := os.ReadFile(filepath.Join("..", "..", "internal", "skeleton", "testdata", from))
		if err != nil {
			t.Fatal(err)
		}
		put(name, raw)
	}
	put("old/paytm.yaml", spec)
	put("new/paytm.yaml", spec)
	if !strings.Contains(text, "drift.db") {
		return dir
	}
	names := []string{"drift", filepath.Join(dir, "monday.ndjson"), filepath.Join(dir, "tuesday.ndjson.gz"), "--ledger", filepath.Join(dir, "drift.db")}
	if code := run(t.Context(), names, nil, io.Discard, io.Discard); code != exitFindings {
		t.Fatalf("drift: exit code %d", code)
	}
	return dir
}

// lines are the exchanges of a cassette, as NDJSON.
func lines(t *testing.T, name string) []byte {
	t.Helper()
	library, err := cassette.Open(cassettes.Files)
	if err != nil {
		t.Fatal(err)
	}
	recorded, err := library.Load(name)
	if err != nil {
		t.Fatal(err)
	}
	var all []byte
	for _, ex := range recorded.Exchanges() {
		if all, err = traffic.Append(all, ex); err != nil {
			t.Fatal(err)
		}
	}
	return all
}

// archived is a HAR file with the exchange of a line of NDJSON.
func archived(t *testing.T, line []byte) []byte {
	t.Helper()
	var ex struct {
		Request struct {
			Method, URL, Body string
			Headers           map[string]any
		}
		Response struct {
			Status  int
			Headers map[string]any
			Body    string
		}
	}
	if err := json.Unmarshal(line, &ex); err != nil {
		t.Fatal(err)
	}
	pairs := func(headers map[string]any) []map[string]any {
		all := []map[string]any{}
		for name, value := range headers {
			all = append(all, map[string]any{"name": name, "value": value})
		}
		return all
	}
	raw, err := json.Marshal(map[string]any{"log": map[string]any{"version": "1.2", "entries": []any{map[string]any{
		"startedDateTime": "2024-08-26T10:00:00Z", "time": 1,
		"request": map[string]any{
			"method": ex.Request.Method, "url": ex.Request.URL, "headers": pairs(ex.Request.Headers),
			"postData": map[string]any{"mimeType": "application/json", "text": ex.Request.Body},
		},
		"response": map[string]any{
			"status": ex.Response.Status, "headers": pairs(ex.Response.Headers),
			"content": map[string]any{"mimeType": "application/json", "text": ex.Response.Body},
		},
	}}}})
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func packed(t *testing.T, raw []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, err := w.Write(raw)
	if err := errors.Join(err, w.Close()); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
