package cassette_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing/fstest"

	"assay/internal/cassette"
)

const recorded = `version: 1
interactions:
  - request:
      body: '{"id":"A1"}'
      url: https://pay.example.com/order
      method: POST
    response:
      body: '{"code":"0000"}'
      code: 200
`

// A Player responds from one cassette, once for each recorded request.
func ExampleCassette_Replay() {
	library, err := cassette.Open(fstest.MapFS{
		"acme/pay/accepted.yaml": {Data: []byte(recorded)},
		"manifest.yaml":          {Data: []byte("acme/pay/accepted:\n  evidence: documented\n  sha256: " + cassette.Sum([]byte(recorded)) + "\n")},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	loaded, err := library.Load("acme/pay/accepted")
	if err != nil {
		fmt.Println(err)
		return
	}
	client := http.Client{Transport: loaded.Replay(cassette.Matching{})}
	for _, id := range []string{"A1", "A2"} {
		request, _ := http.NewRequestWithContext(context.Background(), http.MethodPost, "https://pay.example.com/order", strings.NewReader(`{"id":"`+id+`"}`))
		response, err := client.Do(request)
		var miss *cassette.MissError
		if errors.As(err, &miss) {
			fmt.Println(miss)
			continue
		}
		fmt.Println(response.StatusCode)
		_ = response.Body.Close()
	}
	// Output:
	// 200
	// cassette: acme/pay/accepted has no recording of this POST /order; the closest one differs:
	//   request#/id: sent "A2", recorded "A1"
	// correct the case, the adapter or the cassette, or record the case again: `assay record`
}
