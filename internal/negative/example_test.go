package negative_test

import (
	"fmt"
	"net/http"
	"net/url"
	"os"

	"assay/internal/contract"
	"assay/internal/negative"
	"assay/internal/openapi"
)

// Each negative changes one request that conforms. It has either the code that the
// provider is expected to return, or the reason why it is not played.
func ExampleDerive() {
	spec, err := openapi.Load(os.DirFS("testdata/specs"), "shop.yaml")
	if err != nil {
		fmt.Println(err)
		return
	}
	base := negative.Base{
		Case: &contract.Case{Name: "shop/createOrder/accepted"},
		Request: contract.Request{
			Method: http.MethodPost,
			URL:    &url.URL{Scheme: "https", Host: "shop.example.com", Path: "/order", RawQuery: "shop=shop-1"},
			Header: http.Header{"Content-Type": {"application/json"}},
			Body:   []byte(`{"low":10,"high":20,"mail":"payer@example.com"}`),
		},
	}
	for _, n := range negative.Derive(spec, spec.Operations[0], []negative.Base{base}) {
		switch n.Case.Name {
		case "shop/createOrder/negative/mail/format", "shop/createOrder/negative/low/required":
			fmt.Printf("%s: %s\n\tsends %s, expects code %s\n", n.Case.Name, n.Case.About, n.Case.Send, n.Case.Want.Code)
		}
	}
	// Output:
	// shop/createOrder/negative/low/required: low is left out
	// 	sends [{"op":"remove","path":"/body/low"}], expects code 10
	// shop/createOrder/negative/mail/format: mail is not in the format email
	// 	sends [{"op":"add","path":"/body/mail","value":"payer.example.com"}], expects code 20
}

// Without a request that conforms there is one negative, which says what to do.
func ExampleDerive_withoutBase() {
	spec, err := openapi.Load(os.DirFS("testdata/specs"), "shop.yaml")
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, n := range negative.Derive(spec, spec.Operations[0], nil) {
		fmt.Printf("%s: %s\n", n.Case.Name, n.Inconclusive)
	}
	// Output:
	// shop/createOrder/negative/base: {"template":"negative.base","args":{}}
}
