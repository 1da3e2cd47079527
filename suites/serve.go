package suites

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strings"

	"assay/internal/protocol"
)

// Serve offers a client to `assay conform PROVIDER -- COMMAND`, where the command is a program
// that calls Serve: it reads calls from standard input and writes what came of them to standard
// output, one JSON line each, in the protocol assay.client/v1. Nothing else may write there;
// standard error is free. Serve returns at the end of the input.
//
// Named, Operations, Concurrency and Timeout are the options that concern a served client.
// The names of operations are then complete, such as paytm/createOrder. All other options are
// those of `assay conform`.
func Serve(client Client, options ...Option) error {
	s, err := served(options)
	if err != nil {
		return err
	}
	return protocol.Serve(context.Background(), os.Stdin, os.Stdout, s.hello, newLocal(client, s.hello, s.timeout, nil).call)
}

// Handler offers a client to `assay conform PROVIDER --client URL`, inside a service: mount it
// at the path of the URL. The options are those of Serve. It is for tests only: whoever can
// reach it makes the client send requests to any address.
func Handler(client Client, options ...Option) http.Handler {
	s, err := served(options)
	if err != nil {
		return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			http.Error(w, err.Error(), http.StatusInternalServerError)
		})
	}
	return protocol.Handler(s.hello, newLocal(client, s.hello, s.timeout, nil).call)
}

// served returns the choices of a client that is served.
func served(options []Option) (*settings, error) {
	s := settingsOf(options)
	var faults []error
	if len(s.skips) > 0 || s.data != "" || s.tls || len(s.reports) > 0 {
		faults = append(faults, errors.New("Skip, Data, TLS and Report do not concern a served client: give them to `assay conform`"))
	}
	for _, name := range s.operations {
		if provider, operation, ok := strings.Cut(name, "/"); !ok || provider == "" || operation == "" {
			faults = append(faults, fmt.Errorf("Operations: %q has no provider; write it like paytm/createOrder", name))
		}
	}
	s.hello.Operations = s.operations
	return s, errors.Join(append(faults, s.limits()...)...)
}
