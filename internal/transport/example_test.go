package transport_test

import (
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"

	"assay/internal/contract"
	"assay/internal/outage"
	"assay/internal/transport"
)

// Send returns a redirect as it came: following it would send the order to another host.
func ExampleSend() {
	provider := httptest.NewServer(http.RedirectHandler("https://other.example.com/order", http.StatusTemporaryRedirect))
	defer provider.Close()
	to, err := url.Parse(provider.URL + "/order")
	if err != nil {
		fmt.Println(err)
		return
	}
	order := contract.Request{Method: http.MethodPost, URL: to, Header: http.Header{}, Body: []byte(`{"amount":100}`)}
	exchange, err := transport.Send(context.Background(), http.DefaultTransport, order)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(exchange.Response.Status, exchange.Response.Header.Get("Location"))
	// Output:
	// 307 https://other.example.com/order
}

// Over HTTP/2, net/http repeats a refused request; after Once it does not.
func ExampleOnce() {
	for _, prepare := range []func(*http.Request){func(*http.Request) {}, transport.Once} {
		server, err := outage.Start(outage.Refuse, func(n int) bool { return n == 1 })
		if err != nil {
			fmt.Println(err)
			return
		}
		over := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: server.Roots(), MinVersion: tls.VersionTLS12}, ForceAttemptHTTP2: true}
		request, _ := http.NewRequestWithContext(context.Background(), http.MethodPost, server.URL, strings.NewReader(`{"amount":100}`))
		prepare(request)
		response, err := over.RoundTrip(request)
		if err == nil {
			_ = response.Body.Close()
		}
		fmt.Printf("requests received: %d, response lost: %t\n", server.Requests(), err != nil)
		server.Stop()
	}
	// Output:
	// requests received: 2, response lost: false
	// requests received: 1, response lost: true
}

// Freeze copies a request with its body, and the request can still be sent.
func ExampleFreeze() {
	request, _ := http.NewRequestWithContext(context.Background(), http.MethodPost, "https://pay.example.com/order", strings.NewReader(`{"amount":100}`))
	frozen, err := transport.Freeze(request)
	if err != nil {
		fmt.Println(err)
		return
	}
	sent, err := io.ReadAll(request.Body)
	fmt.Println(frozen.Method, frozen.URL, string(frozen.Body))
	fmt.Println(string(sent), err)
	// Output:
	// POST https://pay.example.com/order {"amount":100}
	// {"amount":100} <nil>
}
