package protocol

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
)

// Respond makes a call and returns the reply. An error means that there is none.
type Respond func(ctx context.Context, call Call) (Reply, error)

// Serve is the side of a client under test over a pipe. It writes the hello, reads a call
// from each line of in and writes the reply as a line, up to the end of in. Calls run side by
// side, as many as the hello allows. It returns after the last reply. The first call without a
// reply, or line that is no call, ends it with an error.
func Serve(ctx context.Context, in io.Reader, out io.Writer, hello Hello, do Respond) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	w := &lines{out: out}
	if err := w.write(greeting{hello}); err != nil {
		return err
	}
	var running sync.WaitGroup
	free := make(chan struct{}, max(1, hello.Concurrency))
	err := eachLine(in, func(line []byte) error {
		var call Call
		if err := json.Unmarshal(line, &call); err != nil {
			return fmt.Errorf("a line is no call: %w", err)
		}
		select {
		case free <- struct{}{}:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
		running.Go(func() {
			reply, err := do(ctx, call)
			if err == nil {
				reply.ID = call.ID
				err = w.write(reply)
			}
			if err != nil {
				cancel(err)
			}
			<-free
		})
		return nil
	})
	running.Wait()
	if err == nil {
		err = context.Cause(ctx)
	}
	return err
}

// greeting is the first line of a client.
type greeting struct {
	Hello Hello `json:"hello"`
}

// eachLine gives the lines of a text to a function. It skips empty ones.
func eachLine(in io.Reader, take func(line []byte) error) error {
	lines := bufio.NewReader(in)
	for {
		line, err := lines.ReadBytes('\n')
		if line = bytes.TrimSpace(line); len(line) > 0 {
			if err := take(line); err != nil {
				return err
			}
		}
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		}
	}
}

// lines writes values as lines of JSON. Each is written at once.
type lines struct {
	mu  sync.Mutex
	out io.Writer
}

func (l *lines) write(value any) error {
	raw, err := json.Marshal(value)
	if err != nil {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	_, err = l.out.Write(append(raw, '\n'))
	return err
}

// Handler is the side of a client under test over HTTP. It responds to GET with the hello, and
// to POST with the reply to the call in the body. A call without a reply gets HTTP 500.
func Handler(hello Hello, do Respond) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.Method {
		case http.MethodGet:
			respond(w, greeting{hello})
			return
		case http.MethodPost:
		default:
			w.Header().Set("Allow", "GET, POST")
			http.Error(w, "POST a call, or GET the hello", http.StatusMethodNotAllowed)
			return
		}
		raw, err := io.ReadAll(r.Body)
		if err != nil {
			return // the other side has gone
		}
		var call Call
		if err := json.Unmarshal(raw, &call); err != nil {
			http.Error(w, "the body is no call", http.StatusBadRequest)
			return
		}
		reply, err := do(r.Context(), call)
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		reply.ID = call.ID
		respond(w, reply)
	})
}

// respond writes a value as the JSON body of a response.
func respond(w http.ResponseWriter, value any) {
	raw, err := json.Marshal(value)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(raw) // the other side may have gone
}
