package notify

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"time"

	"assay/internal/child"
	"assay/internal/redact"
	"assay/internal/report"
	"assay/internal/watch"
)

// command runs a program for each message.
type command struct {
	name    string
	argv    []string
	timeout time.Duration
	env     []string
	secrets []string // values of the environment that its output must not show
}

// passed are the variables that every command gets.
func passed() []string {
	return []string{"PATH", "HOME", "USER", "LANG", "LC_ALL", "TZ", "TMPDIR", "SYSTEMROOT", "TEMP", "TMP", "USERPROFILE", "PATHEXT"}
}

func newCommand(c Config, o Options, f *faultList) Channel {
	out := &command{name: c.Name, argv: c.Command, timeout: c.Timeout}
	if len(c.Command) == 0 || c.Command[0] == "" {
		f.add("command", "is missing")
	}
	if slices.ContainsFunc(c.Command, func(arg string) bool { return strings.Contains(arg, "\x00") }) {
		f.add("command", "an argument has a zero byte")
	}
	for _, variable := range passed() {
		if value, ok := o.env(variable); ok {
			out.env = append(out.env, variable+"="+value)
		}
	}
	for _, variable := range c.PassEnv {
		value := f.variable("pass-variables", variable)
		out.env, out.secrets = append(out.env, variable+"="+value), append(out.secrets, value)
	}
	return out
}

func (c *command) Name() string { return c.name }

// Send runs the command with the JSON of the message on standard input. Exit code 0 means
// that the message is delivered.
func (c *command) Send(ctx context.Context, m watch.Message) error {
	body, err := JSON(m)
	if err != nil {
		return &Failure{Text: "the message cannot be written as JSON", Refused: true}
	}
	path, err := exec.LookPath(c.argv[0])
	if err != nil {
		return &Failure{Text: "the command cannot be found, or is not executable"}
	}
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	var out output
	run := child.New(path, c.argv, false)
	run.Env = append(slices.Clone(c.env), variables(m)...)
	run.Stdin, run.Stdout, run.Stderr = bytes.NewReader(append(body, '\n')), &out, &out
	code, err := run.Run(ctx, func() {})
	var text string
	switch {
	case err != nil:
		return &Failure{Text: "the command cannot be started"}
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		text = "the command did not end within " + span(c.timeout)
	case ctx.Err() != nil:
		text = "the command was ended"
	case code == 0:
		return nil
	default:
		text = fmt.Sprintf("the command ended with exit code %d", code)
	}
	if shown := c.shown(out.text()); shown != "" {
		text += "\n" + shown
	}
	return &Failure{Text: text}
}

// variables describe a message in the environment, for commands that read no JSON.
func variables(m watch.Message) []string {
	e := safe(m.Event)
	subject, _ := Say(m.Event)
	return []string{
		"ASSAY_EVENT_ID=" + e.ID, "ASSAY_MESSAGE_ID=" + wireID(m), "ASSAY_EVENT_KIND=" + string(e.Kind), "ASSAY_EVENT_THING=" + e.Thing,
		"ASSAY_EVENT_PROVIDER=" + e.Provider, "ASSAY_EVENT_FROM=" + string(e.From), "ASSAY_EVENT_TO=" + string(e.To),
		"ASSAY_EVENT_SUBJECT=" + subject,
	}
}

// What is kept of the output of a command, and what of it is shown.
const (
	maxOutput = 8 << 10 // bytes, from the end
	maxLines  = 5
)

// shown redacts the last lines of an output.
func (c *command) shown(text string) string {
	r := redact.New(nil)
	for _, secret := range c.secrets {
		r.Secret(secret)
	}
	lines := strings.Split(strings.TrimSpace(r.Text(text)), "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], "\r")
	}
	return report.Errors(strings.Join(lines[max(0, len(lines)-maxLines):], "\n"))
}

// output keeps the end of what a command writes.
type output struct {
	mu   sync.Mutex
	kept []byte
	cut  bool
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.kept = append(o.kept, p...)
	if len(o.kept) > 2*maxOutput {
		o.kept, o.cut = append(o.kept[:0], o.kept[len(o.kept)-maxOutput:]...), true
	}
	return len(p), nil
}

// text gives whole lines: a part of a secret would not be recognized.
func (o *output) text() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	if !o.cut {
		return string(o.kept)
	}
	_, rest, ok := bytes.Cut(o.kept, []byte("\n"))
	if !ok {
		return "(one long line)"
	}
	return string(rest)
}
