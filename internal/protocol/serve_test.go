package protocol_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"assay/internal/contract"
	"assay/internal/protocol"
)

// twoCalls are two calls of a pipe, with an empty line between them.
const twoCalls = `{"id": "a", "operation": "shop/pay", "baseUrl": "http://127.0.0.1:1", "now": "2022-06-01T00:00:00Z", "order": {"reference": "R1", "amount": {"minor": 100, "currency": "INR"}, "customer": {}}, "later": true}

{"id": "b", "operation": "shop/pay", "baseUrl": "http://127.0.0.1:2", "now": "2022-06-01T00:00:00Z"}`

func reply(_ context.Context, c protocol.Call) (protocol.Reply, error) {
	return protocol.Reply{Outcome: contract.Outcome{State: contract.Succeeded, Retry: contract.Never, Reference: strings.Join(referencesOf(c), ""), Omits: contract.CodePart}}, nil
}

func referencesOf(c protocol.Call) []string {
	if c.Input == nil {
		return nil
	}
	return c.Input.References()
}

func TestServe(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	hello := protocol.Hello{Name: "shop", Protocol: protocol.Version}
	if err := protocol.Serve(t.Context(), strings.NewReader(twoCalls), &out, hello, reply); err != nil {
		t.Fatal(err)
	}
	want := `{"hello":{"name":"shop","protocol":"assay.client/v1"}}
{"id":"a","outcome":"succeeded","retry":"never","reference":"R1","providerReference":"","redirectUrl":"","token":null}
{"id":"b","outcome":"succeeded","retry":"never","reference":"","providerReference":"","redirectUrl":"","token":null}
`
	if out.String() != want {
		t.Errorf("the client wrote\n%s, want\n%s", out.String(), want)
	}
}

// TestServeTogether checks that calls run side by side, as many as the hello allows.
func TestServeTogether(t *testing.T) {
	t.Parallel()
	var all sync.WaitGroup
	all.Add(2)
	both := make(chan struct{})
	go func() { all.Wait(); close(both) }()
	var out bytes.Buffer
	err := protocol.Serve(t.Context(), strings.NewReader(twoCalls), &out, protocol.Hello{Concurrency: 2}, func(ctx context.Context, c protocol.Call) (protocol.Reply, error) {
		all.Done()
		select {
		case <-both:
			return reply(ctx, c)
		case <-time.After(10 * time.Second):
			return protocol.Reply{}, errors.New("the calls run one after the other")
		}
	})
	if err != nil || strings.Count(out.String(), "\n") != 3 {
		t.Errorf("%v, and the client wrote\n%s", err, out.String())
	}
}

func TestServeFails(t *testing.T) {
	t.Parallel()
	failing := func(context.Context, protocol.Call) (protocol.Reply, error) {
		return protocol.Reply{}, errors.New("no reply")
	}
	for name, c := range map[string]struct {
		in    string
		out   io.Writer
		reply protocol.Respond
		want  string
	}{
		"no call":  {"garbage\n", io.Discard, reply, "a line is no call"},
		"no reply": {twoCalls, io.Discard, failing, "no reply"},
		"no out":   {twoCalls, closed{}, reply, io.ErrClosedPipe.Error()},
		"cut call": {`{"id": "a"`, io.Discard, reply, "a line is no call"},
	} {
		err := protocol.Serve(t.Context(), strings.NewReader(c.in), c.out, protocol.Hello{}, c.reply)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: the error is %v, want %s", name, err, c.want)
		}
	}
}

type closed struct{}

func (closed) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }

// TestHandler checks that the sides of HTTP understand each other.
func TestHandler(t *testing.T) {
	t.Parallel()
	hello := protocol.Hello{Name: "shop", Version: "2", Protocol: protocol.Version, Operations: []string{"shop/pay"}, Concurrency: 3}
	service := httptest.NewServer(protocol.Handler(hello, func(ctx context.Context, c protocol.Call) (protocol.Reply, error) {
		if c.ID == "fails" {
			return protocol.Reply{}, errors.New("no reply")
		}
		return reply(ctx, c)
	}))
	defer service.Close()
	client, err := protocol.Connect(t.Context(), service.URL)
	if err != nil {
		t.Fatal(err)
	}
	if got := client.Hello(); !reflect.DeepEqual(got, hello) {
		t.Errorf("the hello is %v, want %v", got, hello)
	}
	call := protocol.Call{ID: "a", Operation: "shop/pay", Input: &contract.Order{Reference: "R1"}}
	got, err := client.Do(t.Context(), call)
	want, _ := reply(t.Context(), call)
	want.ID = "a"
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("the reply is %+v (%v), want %+v", got, err, want)
	}
	if got, err = client.Do(t.Context(), protocol.Call{ID: "fails"}); err == nil {
		t.Errorf("a call without a reply has the reply %+v", got)
	}
	for method, want := range map[string]int{http.MethodPut: http.StatusMethodNotAllowed, http.MethodPost: http.StatusBadRequest} {
		r, err := http.NewRequestWithContext(t.Context(), method, service.URL, strings.NewReader("garbage"))
		if err != nil {
			t.Fatal(err)
		}
		response, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		if _ = response.Body.Close(); response.StatusCode != want {
			t.Errorf("%s gets %d, want %d", method, response.StatusCode, want)
		}
	}
}
