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
	request.Header.Set("Prefer", "code=400")
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
