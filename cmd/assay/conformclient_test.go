package main

import (
	"bufio"
	"context"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"time"

	"assay/internal/catalog"
	"assay/internal/contract"
	"assay/internal/fixed"
	"assay/internal/protocol"
	"assay/internal/transport"
)

const testClientHello = `{"hello":{"name":"adapters","version":"1.0","protocol":"assay.client/v1","concurrency":8}}`

// testClient is a client under test in a process of its own: the adapters of this
// repository. Its arguments make it wrong: trusting reads each unknown result as success,
// renaming has codes of its own, leaking replies with private values of the call, noisy writes private values of the call to its outputs in place of a reply, silent has no
// hello, other has another operation, ends ends at once,
// stuck never replies.
func testClient() {
	if slices.Contains(os.Args, "ends") {
		fmt.Fprintln(os.Stderr, "out of order")
		os.Exit(7)
	}
	if slices.Contains(os.Args, "stuck") {
		stuck()
	}
	c := newClientUnderTest(os.Args[1:]...)
	switch {
	case slices.Contains(c.faults, "silent"):
	case slices.Contains(c.faults, "other"):
		fmt.Println(`{"hello":{"operations":["paytm/refund"]}}`)
	default:
		fmt.Println(testClientHello)
	}
	c.serve(os.Stdin, os.Stdout)
}

// stuck never replies, and starts a process that does not either. Each notes its number.
func stuck() {
	if len(os.Args) == 2 {
		c := exec.Command(os.Args[0], "stuck", "child") //nolint:noctx // it is ended by its number
		c.Stdout, c.Stderr = os.Stdout, os.Stderr
		if err := c.Start(); err != nil {
			panic(err)
		}
		fmt.Println(`{"hello":{}}`)
	}
	f, err := os.OpenFile(os.Getenv("PIDS"), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err == nil {
		_, err = fmt.Fprintln(f, os.Getpid())
	}
	if err != nil {
		panic(err)
	}
	time.Sleep(time.Hour)
}

type clientUnderTest struct {
	faults []string
	wait   time.Duration // for a response
	loaded sync.Map      // functions that give the catalog of a provider, by its name
}

func newClientUnderTest(faults ...string) *clientUnderTest {
	return &clientUnderTest{faults: faults, wait: time.Second}
}

// catalog gives a catalog with a provider, and loads it at its first call: each process loads
// what it needs.
func (c *clientUnderTest) catalog(provider string) (*catalog.Catalog, error) {
	load, _ := c.loaded.LoadOrStore(provider, sync.OnceValues(func() (*catalog.Catalog, error) {
		return catalog.Load(catalog.Embedded(), catalog.Options{Wants: catalog.Named(provider), Traffic: true})
	}))
	return load.(func() (*catalog.Catalog, error))() // nothing else is stored
}

// serve replies to calls until the input ends.
func (c *clientUnderTest) serve(in io.Reader, out io.Writer) {
	lines := bufio.NewReader(in)
	replies := make(chan []byte)
	go func() {
		for {
			line, err := lines.ReadBytes('\n')
			if err != nil {
				os.Exit(0)
			}
			go func() { replies <- c.replyLine(line) }()
		}
	}()
	for reply := range replies {
		_, _ = out.Write(append(reply, '\n')) // without a reader, the process is ended
	}
}

// replyLine makes the call of a line.
func (c *clientUnderTest) replyLine(line []byte) []byte {
	var call protocol.Call
	if err := json.Unmarshal(line, &call); err != nil {
		return []byte(err.Error())
	}
	if slices.Contains(c.faults, "noisy") {
		fmt.Fprintf(os.Stderr, "got %s\n", line)
		return line
	}
	reply, err := c.do(call)
	if err != nil {
		return []byte(err.Error())
	}
	raw, err := json.Marshal(reply)
	if err != nil {
		return []byte(err.Error())
	}
	return raw
}

func (c *clientUnderTest) do(call protocol.Call) (protocol.Reply, error) {
	provider, operation, _ := strings.Cut(call.Operation, "/")
	k, err := c.catalog(provider)
	if err != nil {
		return protocol.Reply{}, err
	}
	o := k.Adapter(provider, contract.Setup{
		BaseURL: call.BaseURL, Credentials: call.Credentials, Now: func() time.Time { return call.Now }, Random: fixed.Random(call.ID),
	}).Operation(operation)
	ask := contract.Call{Input: call.Input, Options: call.Options}
	if call.Token != nil {
		ask.Token = *call.Token
	}
	made, err := o.Request(ask)
	var refused *contract.RefusedError
	if errors.As(err, &refused) {
		return protocol.Reply{ID: call.ID, Refused: true}, nil
	}
	if err != nil {
		return protocol.Reply{}, err
	}
	request, err := transport.Freeze(made)
	if err != nil {
		return protocol.Reply{}, err
	}
	ctx, cancel := context.WithTimeout(context.Background(), c.wait)
	defer cancel()
	ex, err := transport.Send(ctx, &http.Transport{DisableKeepAlives: true}, request)
	if err != nil {
		return protocol.Reply{ID: call.ID, Errored: true, Outcome: contract.UnknownOutcome()}, nil
	}
	read := o.Read(ex)
	if slices.Contains(c.faults, "trusting") && read.State == contract.Unknown {
		read.State, read.Retry = contract.Succeeded, contract.Never
	}
	if slices.Contains(c.faults, "renaming") && read.Code != "" {
		read.Code = "OK"
	}
	if slices.Contains(c.faults, "leaking") {
		key, mobile := call.Credentials["merchantKey"], "9988000000"
		read.State, read.Code, read.Status, read.Message = contract.Succeeded, key, mobile, key
		read.Reference, read.ProviderReference = mobile, base64.StdEncoding.EncodeToString([]byte(key))
		read.RedirectURL = "https://shop.example/?key=" + hex.EncodeToString([]byte(key))
		read.Token = &contract.Token{Value: key}
	}
	return protocol.Reply{ID: call.ID, Outcome: read}, nil
}
