package notify_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"assay/internal/notify"
	"assay/internal/watch"
)

// TestMain lets this binary be the command that a test runs: ASSAY_TEST_COMMAND says what it does.
func TestMain(m *testing.M) {
	switch does := os.Getenv("ASSAY_TEST_COMMAND"); does {
	case "":
		os.Exit(m.Run())
	case "deliver":
		deliverAndDie()
	default:
		os.Exit(command(does))
	}
}

// command is a command that gets a message.
func command(does string) int {
	switch does {
	case "show":
		body, _ := io.ReadAll(os.Stdin)
		_ = os.WriteFile(os.Getenv("ASSAY_TEST_FILE"), append(body, strings.Join(os.Environ(), "\n")...), 0o600)
	case "deaf": // does not read what it gets
	case "hang":
		time.Sleep(time.Hour)
	case "fail":
		fmt.Println("cannot connect\x1b[31m to the pager")
		return 3
	case "leak":
		fmt.Fprint(os.Stderr, os.Getenv("TOKEN_LINES"))
		return 1
	case "flood":
		for range 200000 {
			fmt.Println("a line")
		}
		fmt.Println("the last line")
		return 1
	case "overlong":
		fmt.Print(strings.Repeat("hunter2hunter2", 10000))
		return 1
	}
	return 0
}

// runs makes a channel that runs this binary.
func runs(t *testing.T, does string, timeout time.Duration, more ...string) notify.Channel {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	pairs := append([]string{"ASSAY_TEST_COMMAND", does, "PATH", os.Getenv("PATH"), "OTHER_SECRET", "hunter2hunter2"}, more...)
	pass := []string{"ASSAY_TEST_COMMAND"}
	for i := 0; i < len(more); i += 2 {
		pass = append(pass, more[i])
	}
	return open(t, notify.Config{Kind: notify.Command, Command: []string{self, "an argument"}, PassEnv: pass, Timeout: timeout}, notify.Options{Env: env(pairs...)})
}

// TestCommand gives a command the JSON of the webhook, and no other secret than those named.
func TestCommand(t *testing.T) {
	t.Parallel()
	file := t.TempDir() + "/out"
	m := notify.NewMessage(events()[0].event, "ops", now())
	if err := runs(t, "show", 0, "ASSAY_TEST_FILE", file).Send(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	body, rest, _ := bytes.Cut(raw, []byte("\n"))
	want, _ := notify.JSON(m)
	if !bytes.Equal(body, want) || !json.Valid(body) {
		t.Errorf("standard input: %s", body)
	}
	subject, _ := notify.Say(m.Event)
	for _, variable := range []string{
		"ASSAY_EVENT_ID=" + m.Event.ID, "ASSAY_MESSAGE_ID=" + m.ID, "ASSAY_EVENT_KIND=began", "ASSAY_EVENT_THING=paytm-live paytm/createOrder",
		"ASSAY_EVENT_PROVIDER=paytm", "ASSAY_EVENT_FROM=ok", "ASSAY_EVENT_TO=failing", "ASSAY_EVENT_SUBJECT=" + subject, "PATH=" + os.Getenv("PATH"),
	} {
		if !strings.Contains("\n"+string(rest)+"\n", "\n"+variable+"\n") {
			t.Errorf("no variable %s in %s", variable, rest)
		}
	}
	if bytes.Contains(rest, []byte("OTHER_SECRET")) {
		t.Errorf("the command has a variable that was not named: %s", rest)
	}
	if err := runs(t, "deaf", 0).Send(t.Context(), m); err != nil {
		t.Errorf("a command that does not read: %v", err)
	}
}

// TestCommandFails says how a command ended, with its last lines.
func TestCommandFails(t *testing.T) {
	t.Parallel()
	m := message("ops", "a", 0, watch.Began)
	for does, want := range map[string]string{
		"fail":     "the command ended with exit code 3\ncannot connect\\x1b[31m to the pager",
		"flood":    "the command ended with exit code 1\na line\na line\na line\na line\nthe last line",
		"overlong": "the command ended with exit code 1\n(one long line)",
	} {
		if f := failure(t, runs(t, does, 0).Send(t.Context(), m)); f.Text != want || f.Refused {
			t.Errorf("%s: %+v", does, f)
		}
	}
	began := time.Now()
	if f := failure(t, runs(t, "hang", 100*time.Millisecond).Send(t.Context(), m)); !strings.HasPrefix(f.Text, "the command did not end within") || time.Since(began) > 5*time.Second {
		t.Errorf("%+v after %s", f, time.Since(began))
	}
	c := open(t, notify.Config{Kind: notify.Command, Command: []string{"/nowhere/hunter2hunter2"}}, notify.Options{})
	if f := failure(t, c.Send(t.Context(), m)); f.Text != "the command cannot be found, or is not executable" {
		t.Errorf("%+v", f)
	}
}
