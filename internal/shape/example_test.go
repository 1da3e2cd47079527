package shape_test

import (
	"fmt"
	"log"
	"net/http"

	"assay/internal/contract"
	"assay/internal/openapi"
	"assay/internal/shape"
	"assay/specs"
)

// A shape says how often a member is present, and with which types.
func ExampleLearn() {
	spec, err := openapi.Load(specs.Files, "paytm.yaml")
	if err != nil {
		log.Fatal(err)
	}
	order := spec.Operation("createOrder")
	response := func(body string) contract.Exchange {
		return contract.Exchange{Response: contract.Response{Status: http.StatusOK, Body: []byte(body)}}
	}
	s := shape.Learn(order,
		response(`{"body":{"resultInfo":{"resultCode":"0000"},"txnToken":"secret"}}`),
		response(`{"body":{"resultInfo":{"resultCode":"0000"},"txnToken":null}}`),
	)
	part := shape.Sum(s.Codes["0000"])
	token := part.Members["/body/txnToken"]
	fmt.Println(part.Exchanges, token.Types.Names(), token.Values.Names())
	// Output:
	// 2 [null string] []
}
