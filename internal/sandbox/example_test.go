package sandbox_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"

	"assay/internal/openapi"
	"assay/internal/sandbox"
	"assay/specs"
)

// A sandbox responds as the specification says. The header Prefer asks for a result
// code or a fault.
func ExampleSandbox() {
	paytring, err := openapi.Load(specs.Files, "paytring.yaml")
	if err != nil {
		fmt.Println(err)
		return
	}
	box, err := sandbox.New([]*openapi.Spec{paytring}, sandbox.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	server := httptest.NewServer(box)
	defer server.Close()
	request, _ := http.NewRequestWithContext(context.Background(), http.MethodPost, server.URL+"/paytring/api/v2/order/create", strings.NewReader(`{}`))
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Prefer", "code=400; variant=refused")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = response.Body.Close() }()
	body, _ := io.ReadAll(response.Body)
	fmt.Println(response.Status)
	fmt.Println(string(body))
	// Output:
	// 400 Bad Request
	// {"status":false,"error":{"message":"Invalid request","code":400}}
}

// A client can ask for faults, to test what it does when the provider is overloaded.
func ExampleFaults() {
	paytring, err := openapi.Load(specs.Files, "paytring.yaml")
	if err != nil {
		fmt.Println(err)
		return
	}
	box, err := sandbox.New([]*openapi.Spec{paytring}, sandbox.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, fault := range []string{"too-many", "html-502"} {
		request := httptest.NewRequestWithContext(context.Background(), http.MethodPost, "/paytring/api/v2/order/create", strings.NewReader(`{}`))
		request.Header.Set("Content-Type", "application/json")
		request.Header.Set("Prefer", "fault="+fault)
		response := httptest.NewRecorder()
		box.ServeHTTP(response, request)
		fmt.Printf("%d %q %s", response.Code, response.Header().Get("Retry-After"), response.Body)
	}
	// Output:
	// 429 "1" too many requests
	// 502 "" <html><body><h1>502 Bad Gateway</h1></body></html>
}

// The sandbox accepts the published test credentials unless others are given.
func ExampleSandbox_Credentials() {
	paytring, err := openapi.Load(specs.Files, "paytring.yaml")
	if err != nil {
		fmt.Println(err)
		return
	}
	own := map[string]map[string]string{"paytring": {"key": "our-key", "secret": "our-secret"}}
	for _, options := range []sandbox.Options{{}, {Credentials: own}} {
		box, err := sandbox.New([]*openapi.Spec{paytring}, options)
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(box.Credentials(paytring))
	}
	// Output:
	// map[key:test_123 secret:secret_123]
	// map[key:our-key secret:our-secret]
}
