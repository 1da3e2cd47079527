package protocol

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// clientEnv names the behaviour of this test binary as a client.
const clientEnv = "ASSAY_TEST_CLIENT"

func TestMain(m *testing.M) {
	if kind := os.Getenv(clientEnv); kind != "" {
		behaviours()[kind](bufio.NewReader(os.Stdin))
		return
	}
	os.Exit(m.Run())
}

const testHello = `{"hello":{"name":"test","version":"1","protocol":"assay.client/v1","operations":["acme/pay"],"concurrency":4}}`

// next reads the id of the next call, and ends the process when there is none.
func next(in *bufio.Reader) string {
	line, err := in.ReadBytes('\n')
	if err != nil {
		os.Exit(0)
	}
	return idOf(line)
}

func say(id string) { fmt.Printf("{\"id\":%q,\"outcome\":\"pending\"}\n", id) }

// around replies to all calls but those for which do reports true.
func around(do func(id string) bool) func(*bufio.Reader) {
	return func(in *bufio.Reader) {
		fmt.Println(testHello)
		for {
			if id := next(in); !do(id) {
				say(id)
			}
		}
	}
}

// bad does something for the calls whose id begins so, in place of a reply.
func bad(do func(id string)) func(*bufio.Reader) {
	return around(func(id string) bool {
		if !strings.HasPrefix(id, "bad") {
			return false
		}
		do(id)
		return true
	})
}

// flood writes a number of megabytes, unless it is ended.
func flood(f *os.File, megabytes int, line string) {
	chunk := []byte(strings.Repeat(line, 1<<20/len(line)))
	for range megabytes {
		if _, err := f.Write(chunk); err != nil {
			return
		}
	}
}

// forked starts a process that keeps all pipes open, and says its number.
func forked(own func(*exec.Cmd)) {
	c := exec.Command(os.Args[0]) //nolint:noctx // it is ended by its number
	c.Env = append(os.Environ(), clientEnv+"=sleep")
	c.Stdout, c.Stderr = os.Stdout, os.Stderr
	own(c)
	if err := c.Start(); err != nil {
		panic(err)
	}
	fmt.Fprintf(os.Stderr, "child %d\n", c.Process.Pid)
}

func sleep() { time.Sleep(time.Minute) }

func behaviours() map[string]func(*bufio.Reader) {
	return map[string]func(*bufio.Reader){
		"sleep": func(*bufio.Reader) { sleep() },
		"good":  around(func(string) bool { return false }),
		"silent": func(in *bufio.Reader) {
			for {
				say(next(in))
			}
		},
		"late-hello": func(in *bufio.Reader) {
			id := next(in)
			fmt.Println(testHello)
			for ; ; id = next(in) {
				say(id)
			}
		},
		"other-protocol": func(in *bufio.Reader) {
			fmt.Println(`{"hello":{"protocol":"assay.client/v9"}}`)
			next(in)
		},
		"wrong-hello": func(in *bufio.Reader) {
			fmt.Println(`{"hello":{"concurrency":"many"}}`)
			next(in)
		},
		"banner": func(in *bufio.Reader) {
			fmt.Println("starting")
			for {
				say(next(in))
			}
		},
		"reversed": func(in *bufio.Reader) {
			fmt.Println(testHello)
			for {
				ids := []string{next(in), next(in), next(in)}
				say(ids[2])
				say(ids[1])
				say(ids[0])
			}
		},
		"crash-before": func(*bufio.Reader) {
			fmt.Fprintln(os.Stderr, "boom")
			os.Exit(3)
		},
		"crash": bad(func(string) {
			fmt.Fprintln(os.Stderr, "boom")
			os.Exit(3)
		}),
		"crash-after": bad(func(id string) {
			say(id)
			os.Exit(3)
		}),
		"end-after": bad(func(id string) {
			say(id)
			os.Exit(0)
		}),
		"garbage":   bad(func(string) { fmt.Println("oops") }),
		"number":    bad(func(string) { fmt.Println("1") }),
		"no-id":     bad(func(string) { fmt.Println(`{"outcome":"pending"}`) }),
		"no-state":  bad(func(id string) { fmt.Printf("{\"id\":%q,\"outcome\":\"fine\"}\n", id) }),
		"twice":     bad(func(id string) { say(id); say(id) }),
		"other-id":  bad(func(string) { say("other") }),
		"never":     bad(func(string) { fmt.Fprintln(os.Stderr, "thinking") }),
		"late":      bad(func(id string) { time.Sleep(150 * time.Millisecond); say(id) }),
		"close-out": bad(func(string) { _ = os.Stdout.Close(); sleep() }),
		"close-in":  func(in *bufio.Reader) { fmt.Println(testHello); say(next(in)); _ = os.Stdin.Close(); sleep() },
		"deaf":      func(*bufio.Reader) { fmt.Println(testHello); sleep() },
		"long-line": bad(func(string) { flood(os.Stdout, 4096, "x") }),
		"lines":     bad(func(string) { flood(os.Stdout, 4096, "x\n") }),
		"errors":    bad(func(id string) { flood(os.Stderr, 100, "x\n"); say(id) }),
		"fork":      bad(func(id string) { forked(func(*exec.Cmd) {}); say(id) }),
		"fork-away": bad(func(id string) { forked(away); say(id) }),
		"fork-end":  bad(func(string) { forked(away); os.Exit(1) }),
		"stays":     func(in *bufio.Reader) { fmt.Println(testHello); say(next(in)); sleep() },
		"crash-always": func(in *bufio.Reader) {
			next(in)
			os.Exit(3)
		},
		"hang-always": func(*bufio.Reader) { sleep() },
		"echo": func(in *bufio.Reader) {
			fmt.Println(testHello)
			for {
				line, err := in.ReadBytes('\n')
				if err != nil {
					return
				}
				var c Call
				if err := json.Unmarshal(line, &c); err != nil {
					panic(err)
				}
				raw, err := json.Marshal(replyOf(c))
				if err != nil {
					panic(err)
				}
				_, _ = os.Stdout.Write(append(raw, '\n'))
			}
		},
	}
}
