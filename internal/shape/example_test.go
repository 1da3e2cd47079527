package shape_test

import (
	"fmt"
	"log"
	"maps"
	"net/http"
	"slices"

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

// A shape file counts each result code, and holds no values of secret members.
func ExampleMarshal() {
	spec, err := openapi.Load(specs.Files, "paytm.yaml")
	if err != nil {
		log.Fatal(err)
	}
	raw, err := shape.Marshal(shape.Learn(spec.Operation("createOrder"), contract.Exchange{
		Request: contract.Request{Method: http.MethodPost},
		Response: contract.Response{
			Status: http.StatusOK,
			Header: http.Header{"Content-Type": {"application/json"}},
			Body:   []byte(`{"body":{"resultInfo":{"resultStatus":"S","resultCode":"0000"},"txnToken":"secret"}}`),
		},
		Evidence: contract.Sandbox,
	}))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Print(string(raw))
	// Output:
	// schema: assay.shape/v1
	// operation: paytm/createOrder
	// codes:
	//   "0000":
	//     - source: 6112536a7c69d8f065078313bf5d0c0a
	//       exchanges: 1
	//       evidence: {sandbox: 1}
	//       http: {"200": 1}
	//       media: {application/json: 1}
	//       headers: {content-type: 1}
	//       statuses: {S: 1}
	//       members:
	//         "": {types: {object: 1}}
	//         /body: {types: {object: 1}}
	//         /body/resultInfo: {types: {object: 1}}
	//         /body/resultInfo/resultCode: {types: {string: 1}, formats: {digits: 1}, length: [4, 4]}
	//         /body/resultInfo/resultStatus: {types: {string: 1}, formats: {word: 1}, length: [1, 1]}
	//         /body/txnToken: {types: {string: 1}, formats: {word: 1}, length: [6, 6]}
}

// Merge unites two shapes, and counts what is in both of them once.
func ExampleMerge() {
	spec, err := openapi.Load(specs.Files, "paytm.yaml")
	if err != nil {
		log.Fatal(err)
	}
	order := spec.Operation("createOrder")
	response := func(code string) contract.Exchange {
		return contract.Exchange{Response: contract.Response{Status: http.StatusOK, Body: []byte(`{"body":{"resultInfo":{"resultCode":"` + code + `"}}}`)}}
	}
	may := shape.Learn(order, response("0000"), response("0000"))
	june := shape.Learn(order, response("0000"), response("501"))
	both := shape.Merge(may, shape.Merge(may, june))
	for _, code := range slices.Sorted(maps.Keys(both.Codes)) {
		fmt.Println(code, shape.Sum(both.Codes[code]).Exchanges)
	}
	// Output:
	// 0000 3
	// 501 1
}
