//go:build linux

package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
	"unsafe"

	"assay/internal/cassette"
	"assay/internal/journal"
	"assay/internal/testsize"
)

// started is a command in a process of its own.
type started struct {
	*exec.Cmd
	t      *testing.T
	output bytes.Buffer
	mu     sync.Mutex
	said   strings.Builder
	lines  chan string // of standard error
	dir    string
}

// start starts the test binary as assay, in a folder of its own.
func start(t *testing.T, stdin *os.File, env []string, args ...string) *started {
	t.Helper()
	return startAs(t, "assay", stdin, env, args...)
}

// startAs starts the test binary as one of the commands of TestMain.
func startAs(t *testing.T, name string, stdin *os.File, env []string, args ...string) *started {
	t.Helper()
	return startWith(t, name, stdin, nil, env, args...)
}

// startWith is startAs with standard output; nil: it is collected.
func startWith(t *testing.T, name string, stdin, stdout *os.File, env []string, args ...string) *started {
	t.Helper()
	most := time.Minute
	if testsize.Long() {
		most = 4 * time.Minute // 160 MB on a machine that is busy
	}
	ctx, cancel := context.WithTimeout(t.Context(), most)
	t.Cleanup(cancel)
	s := &started{t: t, lines: make(chan string, 1000), dir: t.TempDir()}
	s.Cmd = exec.CommandContext(ctx, os.Args[0])
	s.Cancel, s.WaitDelay = func() error { return s.Process.Signal(syscall.SIGQUIT) }, 10*time.Second // what hangs shows its goroutines
	s.Args, s.Dir, s.Stdout = append([]string{name}, args...), s.dir, &s.output
	if stdin != nil {
		s.Stdin = stdin
	}
	if stdout != nil {
		s.Stdout = stdout
	}
	s.Env = append(os.Environ(), append([]string{"XDG_STATE_HOME=" + filepath.Join(s.dir, "state"), "ASSAY_PAYTM_MID=216820000000000077910", "ASSAY_PAYTM_MERCHANT_KEY=0123456789abcdef"}, env...)...)
	stderr, err := s.StderrPipe()
	if err == nil {
		err = s.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		defer close(s.lines)
		line := ""
		for r := bufio.NewReader(stderr); ; {
			one, err := r.ReadByte() // a prompt has no line end
			if err != nil {
				return
			}
			s.mu.Lock()
			s.said.WriteByte(one)
			s.mu.Unlock()
			if line += string(one); one == '\n' || strings.HasSuffix(line, "[y/N] ") {
				s.lines <- line
				line = ""
			}
		}
	}()
	return s
}

// errors gives what the command wrote to standard error.
func (s *started) errors() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.said.String()
}

// waitFor waits for a line on standard error, or for a question.
func (s *started) waitFor(part string) string {
	s.t.Helper()
	for line := range s.lines {
		if strings.Contains(line, part) {
			return line
		}
	}
	s.t.Fatalf("standard error ends without %q: %s", part, s.errors())
	return ""
}

// poll calls found until it reports true. It fails when the command has ended.
func (s *started) poll(what string, found func() bool) {
	s.t.Helper()
	for !found() {
		select {
		case _, open := <-s.lines:
			if !open && !found() {
				_ = s.Wait()
				s.t.Fatalf("exit %d without %s: %s", s.ProcessState.ExitCode(), what, s.errors())
			}
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// writes waits until the command has written a file.
func (s *started) writes(name string) {
	s.t.Helper()
	s.poll(name, func() bool {
		_, err := os.Stat(filepath.Join(s.dir, name))
		return err == nil
	})
}

// reads waits until the command has opened a named pipe, and opens it for writing.
func (s *started) reads(path string) (pipe *os.File) {
	s.t.Helper()
	s.poll("reading "+path, func() bool {
		var err error
		pipe, err = os.OpenFile(path, os.O_WRONLY|syscall.O_NONBLOCK, 0) // an error without a reader
		return err == nil
	})
	return pipe
}

// maxEnd is far above a second, for machines that are busy. Without a signal none of the
// commands ends. make attack, during which the machine should do nothing else, wants five seconds.
func maxEnd() time.Duration {
	if testsize.Long() {
		return 5 * time.Second
	}
	return 20 * time.Second
}

// ends sends a signal and waits for the end of the command.
func (s *started) ends(code int, signals ...syscall.Signal) {
	s.t.Helper()
	begun := time.Now()
	for _, one := range signals {
		if err := s.Process.Signal(one); err != nil {
			s.t.Fatal(err)
		}
	}
	for range s.lines { // until standard error ends
	}
	_ = s.Wait() // the state has the code
	if got := s.ProcessState.ExitCode(); got != code {
		s.t.Errorf("exit %d, want %d: %s", got, code, s.errors())
	}
	if took := time.Since(begun); took > maxEnd() {
		s.t.Errorf("it took %s to end", took)
	}
}

// report gives the report r.json. It fails if there is none or it is no JSON.
func (s *started) report() []byte {
	s.t.Helper()
	raw, err := os.ReadFile(filepath.Join(s.dir, "r.json"))
	if err != nil || !json.Valid(raw) {
		s.t.Errorf("%v %.100s; %s", err, raw, s.errors())
	}
	return raw
}

// terminating are the signals that end a command. A process that is started while it
// ignores one of them, such as SIGHUP below nohup, goes on ignoring it, and so do those that
// it starts.
func terminating() map[string]syscall.Signal {
	all := map[string]syscall.Signal{"SIGINT": syscall.SIGINT, "SIGTERM": syscall.SIGTERM, "SIGHUP": syscall.SIGHUP}
	maps.DeleteFunc(all, func(_ string, one syscall.Signal) bool { return signal.Ignored(one) })
	return all
}

// enough is more than a pipe holds: when it is written, the command has begun to read.
func enough(t *testing.T) []byte {
	t.Helper()
	line := `{"request":{"method":"POST","url":"https://secure.paytmpayments.com/none","headers":{},"body":""},"response":{"status":200,"headers":{},"body":"{}"}}` + "\n"
	return bytes.Repeat([]byte(line), 1<<20/len(line))
}

// TestSignalWhileReading sends each signal while a command waits for standard input or a
// named pipe. It writes its reports.
func TestSignalWhileReading(t *testing.T) {
	testsize.SkipUnlessFull(t)
	t.Parallel()
	signals := terminating()
	for name, signal := range signals {
		for _, command := range [][]string{
			{"check", "-", "--report", "json=r.json"},
			{"check", "pipe", "--report", "json=r.json"},
			{"drift", "-", "--report", "json=r.json"},
			{"drift", "pipe", "--report", "json=r.json"},
			{"drift", "-", "spec", "--report", "json=r.json"},
		} {
			t.Run(name+"/"+strings.Join(command[:2], " "), func(t *testing.T) {
				t.Parallel()
				var s *started
				var to io.WriteCloser
				if command[1] == "pipe" {
					dir := t.TempDir()
					path := filepath.Join(dir, "pipe")
					if err := syscall.Mkfifo(path, 0o600); err != nil {
						t.Fatal(err)
					}
					args := append([]string{command[0], path}, command[2:]...)
					s = start(t, nil, nil, args...)
					to = s.reads(path)
				} else {
					r, w, err := os.Pipe()
					if err != nil {
						t.Fatal(err)
					}
					s = start(t, r, nil, command...)
					_ = r.Close()
					to = w
				}
				if _, err := to.Write(enough(t)); err != nil {
					t.Fatal(err, s.errors())
				}
				s.ends(exitInconclusive, signal)
				_ = to.Close()
				if raw := s.report(); !bytes.Contains(raw, []byte(`"partial": true`)) {
					t.Errorf("the report is not partial: %.300s", raw)
				}
				if !strings.Contains(s.errors(), "interrupted") {
					t.Error(s.errors())
				}
			})
		}
	}
}

// TestSignalBeforeWriter sends a signal while a command opens a named pipe that has no
// writer.
func TestSignalBeforeWriter(t *testing.T) {
	t.Parallel()
	for name, args := range map[string][]string{
		"traffic":  {"check", "FIFO", "--keys", "KEYS", "--report", "json=r.json"},
		"keys":     {"check", "KEYS", "--keys", "FIFO"},
		"old spec": {"drift", "--spec", "FIFO", "SPEC", "--report", "json=r.json"},
		"new spec": {"drift", "--spec", "SPEC", "FIFO", "--report", "json=r.json"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			fifo, keys := filepath.Join(dir, "pipe"), filepath.Join(dir, "keys.yaml")
			if err := errors.Join(syscall.Mkfifo(fifo, 0o600), os.WriteFile(keys, []byte("{}\n"), 0o644), os.Chmod(keys, 0o644)); err != nil { // the warning shows that the command has begun
				t.Fatal(err)
			}
			spec, err := filepath.Abs("../../specs/paytm.yaml")
			if err != nil {
				t.Fatal(err)
			}
			for i := range args {
				args[i] = strings.NewReplacer("FIFO", fifo, "KEYS", keys, "SPEC", spec).Replace(args[i])
			}
			s := start(t, nil, nil, args...)
			if name == "traffic" {
				s.waitFor("") // a path with some numbers is redacted, and the warning with it
				s.ends(exitInconclusive, syscall.SIGTERM)
				s.report()
				return
			}
			pipe := s.reads(fifo)
			s.ends(exitInconclusive, syscall.SIGTERM)
			_ = pipe.Close()
			if name != "keys" {
				s.report()
			}
		})
	}
}

// TestPipes gives each kind of file by a pipe, as <(git show ...) does in a shell: it can be read
// only once. The short form has five of the eight.
func TestPipes(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := func(name string) string { return filepath.Join(dir, name) }
	if code := run(t.Context(), []string{"run", "paytm", "--report", "json=" + path("run.json")}, nil, io.Discard, io.Discard); code != 0 {
		t.Fatalf("exit %d", code)
	}
	order := lines(t, "paytm/createOrder/accepted")
	if err := errors.Join(os.WriteFile(path("order.ndjson"), order, 0o600), os.WriteFile(path("keys.yaml"), []byte("{}\n"), 0o600)); err != nil {
		t.Fatal(err)
	}
	const paytm = "../../specs/paytm.yaml"
	for name, c := range some(map[string]struct {
		file string
		args []string
	}{
		"old specification": {paytm, []string{"drift", "--spec", "PIPE", paytm}},
		"new specification": {paytm, []string{"drift", "--spec", paytm, "PIPE"}},
		"report":            {path("run.json"), []string{"report", "PIPE"}},
		"baseline":          {path("run.json"), []string{"report", path("run.json"), "--baseline", "PIPE"}},
		"traffic":           {path("order.ndjson"), []string{"check", "PIPE"}},
		"keys":              {path("keys.yaml"), []string{"check", path("order.ndjson"), "--keys", "PIPE"}},
		"old traffic":       {path("order.ndjson"), []string{"drift", "PIPE", path("order.ndjson")}},
		"new traffic":       {path("order.ndjson"), []string{"drift", path("order.ndjson"), "PIPE"}},
	}, 5) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			raw, err := os.ReadFile(c.file)
			if err != nil {
				t.Fatal(err)
			}
			fifo := filepath.Join(t.TempDir(), "pipe")
			if err := syscall.Mkfifo(fifo, 0o600); err != nil {
				t.Fatal(err)
			}
			wrote := make(chan error, 1)
			go func() { wrote <- os.WriteFile(fifo, raw, 0o600) }()
			args := slices.Clone(c.args)
			args[slices.Index(args, "PIPE")] = fifo
			var stdout, stderr bytes.Buffer
			code := run(t.Context(), args, nil, &stdout, &stderr)
			if err := <-wrote; err != nil || code != 0 {
				t.Errorf("exit %d, %v: %s%s", code, err, stdout.String(), stderr.String())
			}
		})
	}
}

// full is a pipe without a reader and without room.
func full(t *testing.T) *os.File {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _, _ = r.Close(), w.Close() })
	if err := w.SetWriteDeadline(time.Now().Add(time.Second)); err != nil {
		t.Fatal(err)
	}
	for room := make([]byte, 4096); err == nil; {
		_, err = w.Write(room) // until the deadline
	}
	return w
}

// TestSignalUnread sends a signal to commands whose output has no reader. The reports that
// are files are written. The short form has three of the five.
func TestSignalUnread(t *testing.T) {
	testsize.SkipUnlessFull(t)
	t.Parallel()
	for name, args := range some(map[string][]string{
		"check":      {"check", "TRAFFIC", "--report", "json=r.json", "--report", "text"},
		"a pipe":     {"run", "paytm/createOrder/accepted", "--report", "text=PIPE", "--report", "json=r.json"},
		"drift":      {"drift", "cases", "--report", "text", "--report", "json=r.json"},
		"specs":      {"drift", "--spec", "SPEC", "COPY", "--report", "text", "--report", "json=r.json"},
		"an overlay": {"drift", "OLD", "NEW", "--overlay", "PIPE", "--report", "json=r.json"},
	}, 3) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			traffic, pipe := filepath.Join(dir, "traffic.ndjson"), filepath.Join(dir, "pipe")
			older, newer, other := filepath.Join(dir, "old.ndjson"), filepath.Join(dir, "new.ndjson"), filepath.Join(dir, "paytm.yaml")
			spec, err := filepath.Abs("../../specs/paytm.yaml")
			if err == nil {
				err = os.Symlink(spec, other)
			}
			changed := bytes.Repeat(asLine(t, withHostile(t, hostilePlaces()["the name of a member"], "new")), 20)
			if err := errors.Join(err, os.WriteFile(traffic, enough(t), 0o600), syscall.Mkfifo(pipe, 0o600),
				os.WriteFile(newer, changed, 0o600), os.WriteFile(older, bytes.Repeat(asLine(t, withHostile(t, func(edits, string) {}, "")), 20), 0o600)); err != nil {
				t.Fatal(err)
			}
			for i := range args {
				args[i] = strings.NewReplacer("TRAFFIC", traffic, "PIPE", pipe, "SPEC", spec, "COPY", other, "OLD", older, "NEW", newer).Replace(args[i])
			}
			s := startWith(t, "assay", nil, full(t), nil, args...)
			s.writes("r.json")
			s.ends(exitInconclusive, syscall.SIGTERM)
			s.report()
		})
	}
}

// TestInterruptLocked interrupts record while another process has the folder.
func TestInterruptLocked(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "data")
	export(t, dir)
	unlock, err := cassette.Lock(filepath.Join(dir, "cassettes"), time.Second)
	if err != nil {
		t.Fatal(err)
	}
	defer unlock()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var stderr bytes.Buffer
	code := run(ctx, []string{"record", "paytm/createOrder/accepted", "--sandbox", "--yes", "--data", dir}, nil, io.Discard, &stderr)
	if code != exitInconclusive || !strings.Contains(stderr.String(), "interrupted: nothing was sent") {
		t.Errorf("exit %d: %s", code, stderr.String())
	}
}

// TestInterruptDelay interrupts a sandbox that delays a response for a minute.
func TestInterruptDelay(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	waiting, ended := make(chan struct{}), make(chan struct{})
	within := defaultLimits()
	within.drain = time.Hour
	base, stop, err := serve(ctx, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		close(waiting)
		<-r.Context().Done()
		close(ended)
	}), "127.0.0.1:0", within)
	if err != nil {
		t.Fatal(err)
	}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, base, nil)
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		if response, err := http.DefaultClient.Do(request); err == nil {
			_ = response.Body.Close()
		}
	}()
	<-waiting
	cancel()
	<-ended
	if err := stop(); err != nil {
		t.Error(err)
	}
}

// hanging is a provider that does not respond to requests with these numbers.
func hanging(t *testing.T, numbers ...int) (base string, asked <-chan int) {
	t.Helper()
	all, n, mu := make(chan int, 100), 0, sync.Mutex{}
	stop := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodOptions { // assay asks whether it is a sandbox
			return
		}
		mu.Lock()
		n++
		number := n
		mu.Unlock()
		all <- number
		for _, one := range numbers {
			if one == number {
				select {
				case <-stop:
				case <-r.Context().Done():
				}
				return
			}
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"body":{"resultInfo":{"resultCode":"0001"}}}`)
	}))
	t.Cleanup(server.Close)
	t.Cleanup(func() { close(stop) })
	return server.URL, all
}

// until waits until the provider has got as many requests.
func (s *started) until(asked <-chan int, number int) {
	s.t.Helper()
	for {
		select {
		case n := <-asked:
			if n == number {
				return
			}
		case _, open := <-s.lines:
			if !open {
				s.t.Fatalf("it ended before request %d: %s", number, s.errors())
			}
		}
	}
}

// TestSignalLive sends each signal while a live run waits for its third response. Two
// responses are in the report, the case in flight says that its outcome is unknown, and
// nothing else is sent.
func TestSignalLive(t *testing.T) {
	t.Parallel()
	for name, signal := range terminating() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			base, asked := hanging(t, 3)
			s := start(t, nil, nil, "run", "paytm", "--live", "--rate", "1000", "--base", "paytm="+base, "--report", "json=r.json", "--report", "junit=r.xml")
			s.until(asked, 3)
			s.ends(exitInconclusive, signal)
			report := string(s.report())
			if n := strings.Count(report, "inquire about it, and do not send it again"); n != 1 {
				t.Errorf("%d cases are in flight", n)
			}
			if n := strings.Count(report, `"origin": "live"`); n < 2 {
				t.Errorf("%d responses are in the report", n)
			}
			if len(asked) > 0 {
				t.Error("a request was sent after the signal")
			}
			if _, err := os.Stat(filepath.Join(s.dir, "r.xml")); err != nil {
				t.Error(err)
			}
			again := start(t, nil, []string{"XDG_STATE_HOME=" + filepath.Join(s.dir, "state")}, "run", "paytm/createOrder/sample", "--live", "--base", "paytm="+base)
			again.ends(again.wait())
			if text := again.errors(); strings.Contains(text, "in flight") {
				t.Errorf("the run reported it already: %s", text)
			}
		})
	}
}

// TestSignalRate sends a signal while a run waits until it may send its second request:
// the others are not sent, and their cases say so.
func TestSignalRate(t *testing.T) {
	t.Parallel()
	base, asked := hanging(t)
	s := start(t, nil, nil, "run", "paytm", "--live", "--rate", "0.001", "--base", "paytm="+base, "--report", "json=r.json")
	s.waitFor("1 of ")
	s.ends(exitInconclusive, syscall.SIGTERM)
	if n := len(asked); n != 1 {
		t.Errorf("%d requests were sent", n)
	}
	if report := string(s.report()); !strings.Contains(report, "nothing was sent") || strings.Contains(report, "context canceled") {
		t.Errorf("%.2000s", report)
	}
}

// wait waits for the end of a command and gives its code, for ends.
func (s *started) wait() int {
	for range s.lines { // until standard error ends
	}
	_ = s.Wait()
	return s.ProcessState.ExitCode()
}

// TestSignalTwice sends two signals to a server with a request in progress: it ends at
// once, although it may drain for an hour.
func TestSignalTwice(t *testing.T) {
	t.Parallel()
	base, asked := hanging(t, 1)
	s := start(t, nil, nil, "proxy", "paytm", "--to", base, "--addr", "127.0.0.1:0", "--drain", "1h", "--report", "json") // the address is on standard error
	fields := strings.Fields(s.waitFor("http://127.0.0.1:"))
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, fields[1]+"/aoa-acquiring-biz/v2/order", strings.NewReader("{}"))
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		if response, err := http.DefaultClient.Do(r); err == nil {
			_ = response.Body.Close()
		}
	}()
	s.until(asked, 1)
	s.ends(exitInconclusive, syscall.SIGTERM, syscall.SIGINT)
}

// TestSignalPrompt sends each signal while record asks whether to overwrite: nothing was
// sent before.
func TestSignalPrompt(t *testing.T) {
	t.Parallel()
	for name, signal := range terminating() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			base, asked := hanging(t)
			dir := filepath.Join(t.TempDir(), "data")
			export(t, dir)
			s := start(t, terminal(t), nil, "record", "paytm/createOrder/accepted", "--live", "--base", "paytm="+base, "--data", dir)
			s.waitFor("[y/N]")
			s.ends(exitInconclusive, signal)
			if len(asked) > 0 {
				t.Error("a request was sent before the user confirmed")
			}
		})
	}
}

// terminal gives a pseudo terminal without input.
func terminal(t *testing.T) *os.File {
	t.Helper()
	control, err := os.OpenFile("/dev/ptmx", os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Skip("there is no pseudo terminal: ", err)
	}
	t.Cleanup(func() { _ = control.Close() })
	var number, unlock uint32
	for request, at := range map[uintptr]*uint32{syscall.TIOCGPTN: &number, syscall.TIOCSPTLCK: &unlock} {
		if _, _, errno := syscall.Syscall(syscall.SYS_IOCTL, control.Fd(), request, uintptr(unsafe.Pointer(at))); errno != 0 { // as documented in ioctl_tty(2)
			t.Skip("there is no pseudo terminal: ", errno)
		}
	}
	file, err := os.OpenFile("/dev/pts/"+strconv.Itoa(int(number)), os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Skip("there is no pseudo terminal: ", err)
	}
	t.Cleanup(func() { _ = file.Close() })
	return file
}

// TestKillLive kills a live run at its third request. The journal has two responses, and
// the next run names the third case once, with the digest of its reference only.
func TestKillLive(t *testing.T) {
	testsize.SkipUnlessFull(t)
	t.Parallel()
	for _, command := range [][]string{{"run", "paytm", "--live"}, {"record", "paytm", "--live", "--yes", "--data", "DATA"}, {"drift", "live", "--provider", "paytm"}} {
		t.Run(command[0], func(t *testing.T) {
			t.Parallel()
			base, asked := hanging(t, 3)
			dir := filepath.Join(t.TempDir(), "data")
			export(t, dir)
			file := filepath.Join(t.TempDir(), "journal.ndjson")
			args := append(append([]string{}, command...), "--rate", "1000", "--base", "paytm="+base, "--journal", file)
			for i, arg := range args {
				args[i] = strings.Replace(arg, "DATA", dir, 1)
			}
			s := start(t, nil, nil, args...)
			s.until(asked, 3)
			if err := s.Process.Kill(); err != nil {
				t.Fatal(err)
			}
			s.wait()
			raw, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			var last journal.Entry
			lines := strings.Split(strings.TrimSpace(string(raw)), "\n")
			if err := json.Unmarshal([]byte(lines[len(lines)-1]), &last); err != nil || last.Event != "sending" || len(last.References) == 0 {
				t.Fatalf("the last line is %+v, %v", last, err)
			}
			if n := strings.Count(string(raw), `"received"`); n != 2 {
				t.Errorf("the journal has %d responses:\n%s", n, raw)
			}
			for i, want := range []int{1, 0} {
				again := start(t, nil, nil, "run", "paytm/createOrder/accepted", "--live", "--base", "paytm="+base, "--journal", file)
				again.wait()
				text := again.errors()
				if n := strings.Count(text, last.Case+" was in flight"); n != want {
					t.Errorf("run %d names it %d times: %s", i, n, text)
				}
				if want == 1 && (!strings.Contains(text, last.References[0]) || !strings.Contains(text, "ask paytm") || !strings.Contains(text, "do not send it again")) {
					t.Error(text)
				}
			}
		})
	}
}
