package outage_test

import (
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net/http"
	"strings"

	"assay/internal/outage"
)

// The server loses one response; net/http sends the order again, so it arrives twice.
func ExampleStart() {
	server, err := outage.Start(outage.Refuse, func(n int) bool { return n == 1 })
	if err != nil {
		fmt.Println(err)
		return
	}
	defer server.Stop()
	client := http.Client{Transport: &http.Transport{
		TLSClientConfig:   &tls.Config{RootCAs: server.Roots(), MinVersion: tls.VersionTLS12},
		ForceAttemptHTTP2: true,
	}}
	request, _ := http.NewRequestWithContext(context.Background(), http.MethodPost, server.URL, strings.NewReader(`{"amount":100}`))
	response, err := client.Do(request)
	if err != nil {
		fmt.Println(err)
		return
	}
	_ = response.Body.Close()
	fmt.Println(response.Status, "after", server.Requests(), "requests")
	// Output:
	// 200 OK after 2 requests
}

// Over a connection that was used before, net/http sends a GET again, but not a POST.
func ExampleServer_Requests() {
	for _, method := range []string{http.MethodPost, http.MethodGet} {
		server, err := outage.Start(outage.Close, func(n int) bool { return n == 2 })
		if err != nil {
			fmt.Println(err)
			return
		}
		client := http.Client{Transport: &http.Transport{}}
		for range 2 {
			request, _ := http.NewRequestWithContext(context.Background(), method, server.URL, http.NoBody)
			if response, err := client.Do(request); err == nil {
				_, _ = io.Copy(io.Discard, response.Body) // the connection is used again only after the end of the body
				_ = response.Body.Close()
			}
		}
		fmt.Println(method, "sent 2, received", server.Requests())
		server.Stop()
	}
	// Output:
	// POST sent 2, received 2
	// GET sent 2, received 3
}
