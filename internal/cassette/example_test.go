package cassette_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing/fstest"

	"assay/internal/cassette"
	"assay/internal/contract"
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

// A new recording of a response is compared with the old one; ids differ every time.
func ExampleNovel_Changes() {
	to := &url.URL{Scheme: "https", Host: "pay.example.com", Path: "/order"}
	old := contract.Exchange{
		Request:  contract.Request{Method: http.MethodPost, URL: to, Body: []byte(`{"id":"A1"}`)},
		Response: contract.Response{Status: http.StatusOK, Body: []byte(`{"code":"0000"}`)},
	}
	renewed := contract.Exchange{
		Request:  contract.Request{Method: http.MethodPost, URL: to, Body: []byte(`{"id":"A2"}`)},
		Response: contract.Response{Status: http.StatusOK, Body: []byte(`{"code":0,"message":"accepted"}`)},
	}
	ids := cassette.Novel{Always: func(place contract.Place) bool { return place == "request#/id" }}
	for _, change := range ids.Changes(old, renewed) {
		fmt.Println(change)
	}
	// Output:
	// response#/code: was a text, is a number
	// response#/message: new, "accepted"
}

// Marshal writes exchanges as go-vcr does, so that other tools can read the cassette.
func ExampleMarshal() {
	raw, err := cassette.Marshal([]contract.Exchange{{
		Request:  contract.Request{Method: http.MethodGet, URL: &url.URL{Scheme: "https", Host: "pay.example.com", Path: "/status"}},
		Response: contract.Response{Status: http.StatusOK, Body: []byte(`{"code":"0000"}`)},
	}})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Print(string(raw))
	// Output:
	// ---
	// version: 1
	// interactions:
	//   - request:
	//       body: ""
	//       form: {}
	//       headers: {}
	//       url: https://pay.example.com/status
	//       method: GET
	//     response:
	//       body: '{"code":"0000"}'
	//       headers: {}
	//       status: 200 OK
	//       code: 200
	//       duration: 0s
}
