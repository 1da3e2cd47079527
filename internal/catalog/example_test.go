package catalog_test

import (
	"fmt"

	"assay/internal/catalog"
)

func ExampleLoad() {
	k, err := catalog.Load(catalog.Embedded(), catalog.Options{Wants: catalog.Named("paytm")})
	if err != nil {
		fmt.Println(err)
		return
	}
	cases, err := k.Select([]string{"paytm/createOrder/checksum-*"})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, c := range cases {
		fmt.Println(c.Name, "expects code", c.Want.Code)
	}
	// Output:
	// paytm/createOrder/checksum-invalid expects code 2005
	// paytm/createOrder/checksum-missing expects code 2005
	// paytm/createOrder/checksum-stale expects code 2005
}

func ExampleCatalog_Select_unknown() {
	k, err := catalog.Load(catalog.Embedded(), catalog.Options{Wants: catalog.Named("paytm")})
	if err != nil {
		fmt.Println(err)
		return
	}
	_, err = k.Select([]string{"paytm/creatOrder"})
	fmt.Println(err)
	// Output: there is no operation "paytm/creatOrder"; did you mean paytm/createOrder?
}
