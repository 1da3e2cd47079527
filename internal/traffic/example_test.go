package traffic_test

import (
	"context"
	"fmt"
	"strings"

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
