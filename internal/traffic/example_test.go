package traffic_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"assay/internal/contract"
	"assay/internal/traffic"
)

// A line that cannot be read is an entry with an error. The lines after it are read.
func ExampleRead() {
	lines := `{"request":{"method":"GET","url":"https://pay.example.com/a","headers":{}},"response":{"status":200,"headers":{}}}
{"request":{"method":"GET"}
{"request":{"method":"GET","url":"https://pay.example.com/b","headers":{}},"response":{"status":404,"headers":{}}}
`
	err := traffic.Read(context.Background(), []string{"-"}, strings.NewReader(lines), traffic.Options{}, func(e *traffic.Entry) error {
		exchange, err := e.Exchange()
		if err != nil {
			fmt.Println(err)
			return nil
		}
		fmt.Println(e.Origin(), exchange.Request.URL.Path, exchange.Response.Status)
		return nil
	})
	fmt.Println(err)
	// Output:
	// ndjson:-#1 /a 200
	// stdin:2: the JSON ends in the middle of a value
	// ndjson:-#3 /b 404
	// <nil>
}

// Append writes an exchange as a line that Read can read.
func ExampleAppend() {
	line, err := traffic.Append(nil, contract.Exchange{
		Request: contract.Request{
			Method: http.MethodPost,
			URL:    &url.URL{Scheme: "https", Host: "pay.example.com", Path: "/order"},
			Body:   []byte(`{"amount":100}`),
		},
		Response: contract.Response{Status: http.StatusOK, Body: []byte{0xff, 0xfe}, Duration: 120 * time.Millisecond},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Print(string(line))
	// Output:
	// {"schema":"assay.exchange/v1","request":{"method":"POST","url":"https://pay.example.com/order","headers":{},"body":"{\"amount\":100}"},"response":{"status":200,"headers":{},"bodyBase64":"//4=","durationMs":120}}
}

// A recording without a response still has its request.
func ExampleEntry_Exchange() {
	har := `{"log":{"entries":[{"request":{"method":"POST","url":"https://pay.example.com/order","headers":[]},"response":{"status":0}}]}}`
	err := traffic.Read(context.Background(), []string{"-"}, strings.NewReader(har), traffic.Options{}, func(e *traffic.Entry) error {
		exchange, err := e.Exchange()
		if errors.Is(err, traffic.ErrNoResponse) {
			fmt.Println(e.Where(), exchange.Request.Method, exchange.Request.URL)
		}
		return nil
	})
	if err != nil {
		fmt.Println(err)
	}
	// Output:
	// stdin, entry 1 POST https://pay.example.com/order
}
