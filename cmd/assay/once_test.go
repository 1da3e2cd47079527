package main

import (
	"os"
	"strconv"
	"strings"
	"sync"

	"github.com/rogpeppe/go-internal/testscript"

	"assay/internal/outage"
)

// losingProvider starts a provider for the rest of a script. It loses the first order
// and responds to all others. BASE has its address, ca.pem its certificate. The
// argument is the end of the name of a fault: losing FAULT.
func losingProvider(outages *sync.Map) func(*testscript.TestScript, bool, []string) {
	return func(ts *testscript.TestScript, _ bool, args []string) {
		for _, fault := range outage.Faults() {
			if len(args) != 1 || !strings.HasSuffix(string(fault), " "+args[0]) {
				continue
			}
			s, err := outage.Start(fault, func(n int) bool { return n == 1 })
			ts.Check(err)
			ts.Defer(s.Stop)
			ts.Setenv("BASE", s.URL)
			ts.Check(os.WriteFile(ts.MkAbs("ca.pem"), s.PEM(), 0o600))
			outages.Store(ts.Getenv("WORK"), s)
			return
		}
		ts.Fatalf("usage: losing GOAWAY, or the end of another fault's name")
	}
}

// requestCount checks the number of requests that reached the provider: left N.
func requestCount(outages *sync.Map) func(*testscript.TestScript, bool, []string) {
	return func(ts *testscript.TestScript, _ bool, args []string) {
		v, _ := outages.Load(ts.Getenv("WORK"))
		s, ok := v.(*outage.Server)
		if !ok || len(args) != 1 {
			ts.Fatalf("usage: left N, after losing")
		}
		if n := strconv.Itoa(s.Requests()); n != args[0] {
			ts.Fatalf("%s requests left, want %s", n, args[0])
		}
	}
}
