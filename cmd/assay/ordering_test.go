package main

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"os/signal"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"assay/internal/catalog"
	"assay/internal/contract"
	"assay/internal/engine"
	"assay/internal/transport"
)

// ordering is a test suite that `assay exec` runs: ordering STEP... A step is
// PROVIDER/OPERATION/CASE, which sends this request to where the environment says; NAME=VALUE,
// a header of the requests that follow, until it is empty; or a word:
//
//	say:TEXT    prints TEXT, and ! and TEXT on standard error
//	env:NAME    prints a variable
//	lost        sends a request to no operation
//	exit:CODE   ends
//	left        starts a process that never ends, and prints its id
//	away        starts such a process outside its group
//	deaf        ignores signals
//	ready       prints ready on standard error
//	wait        never ends
func ordering() {
	e := sync.OnceValue(func() *engine.Engine { return engineOf(os.Args[1:]) })
	headers := http.Header{}
	for _, step := range os.Args[1:] {
		word, text, _ := strings.Cut(step, ":")
		name, value, header := strings.Cut(step, "=")
		switch {
		case word == "say":
			fmt.Println(text)
			fmt.Fprintln(os.Stderr, "!"+text)
		case word == "env":
			fmt.Println(os.Getenv(text))
		case word == "exit":
			code, _ := strconv.Atoi(text)
			os.Exit(code)
		case word == "lost":
			placeOrder(http.Header{}, "POST", os.Getenv("ASSAY_PAYTM_URL")+"/lost", "{}")
		case word == "left", word == "away":
			left := exec.CommandContext(context.Background(), "sleep", "1000")
			if word == "away" {
				left = exec.CommandContext(context.Background(), "setsid", "sleep", "1000")
			}
			if err := left.Start(); err != nil {
				panic(err)
			}
			fmt.Println(left.Process.Pid)
		case word == "deaf":
			signal.Ignore(os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
		case word == "ready":
			fmt.Fprintln(os.Stderr, "ready")
		case word == "wait":
			time.Sleep(time.Hour)
		case header && value == "":
			headers.Del(name)
		case header:
			headers.Add(name, value)
		default:
			c := e().Fixtures.Case(step)
			request, _, err := e().Request(context.Background(), c)
			if err != nil {
				panic(err)
			}
			to := os.Getenv(variable(c.Provider())) + e().Spec(c.Provider()).Operation(c.Operation()).Path + "?" + request.URL.RawQuery
			for name, values := range headers {
				request.Header[name] = values
			}
			placeOrder(request.Header, request.Method, to, string(request.Body))
		}
	}
}

// engineOf gives an engine for the cases among steps.
func engineOf(steps []string) *engine.Engine {
	k, err := catalog.Load(catalog.Embedded(), catalog.Options{Wants: catalog.Selected(steps)})
	if err != nil {
		panic(err)
	}
	return engine.New(k, engine.Cassettes(k))
}

// placeOrder sends a request, and prints the status of its response.
func placeOrder(h http.Header, method, to, body string) {
	u, err := url.Parse(to)
	if err != nil {
		panic(err)
	}
	ex, err := transport.Send(context.Background(), http.DefaultTransport, contract.Request{Method: method, URL: u, Header: h, Body: []byte(body)})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(ex.Response.Status)
}
