package suites

import (
	"time"

	"assay/internal/conform"
	"assay/internal/protocol"
)

// Option is a choice of a run.
type Option func(*settings)

// settings are the choices of a run.
type settings struct {
	hello      protocol.Hello
	operations []string
	skips      []conform.Skip
	timeout    time.Duration
	data       string
	tls        bool
	reports    []output
}

// output is a report that a run writes.
type output struct{ format, path string }

func settingsOf(options []Option) *settings {
	s := &settings{hello: protocol.Hello{Protocol: protocol.Version, Concurrency: 1}, timeout: conform.DefaultTimeout}
	for _, option := range options {
		option(s)
	}
	return s
}

// Skip leaves something out: a rule, a family of rules (request or client), a case, or all
// cases whose names begin with what and a slash. `assay list rules` lists the rules. The
// reason stands in the report; a skip without one fails the run. A client for which a rule
// with severity error is skipped is not conformant.
func Skip(what, reason string) Option {
	return func(s *settings) { s.skips = append(s.skips, conform.Skip{What: what, Reason: reason}) }
}

// Concurrency lets the client get up to n calls at a time, on several goroutines; otherwise it
// is one. The cases then run in parallel.
func Concurrency(n int) Option { return func(s *settings) { s.hello.Concurrency = n } }

// Timeout is how long the client may take for a call; otherwise it is 60 seconds. The context
// of the call has no deadline: the client has to give up by itself.
func Timeout(d time.Duration) Option { return func(s *settings) { s.timeout = d } }

// Operations names the operations that the client has, such as createOrder; otherwise it has
// all operations of the provider. Cases of others are inconclusive.
func Operations(names ...string) Option {
	return func(s *settings) { s.operations = append(s.operations, names...) }
}

// Data lays the folders specs, fixtures and cassettes of a directory over the data that is
// part of assay, as `assay run --data` does.
func Data(dir string) Option { return func(s *settings) { s.data = dir } }

// Named is the name and the version of the client, for reports.
func Named(name, version string) Option {
	return func(s *settings) { s.hello.Name, s.hello.Version = name, version }
}

// TLS also checks that the client verifies certificates. Environment.HTTP trusts the authority
// of the run.
func TLS() Option { return func(s *settings) { s.tls = true } }

// Report writes the report of the cases that were played to a file, in the format text, json
// or junit.
func Report(format, path string) Option {
	return func(s *settings) { s.reports = append(s.reports, output{format, path}) }
}
