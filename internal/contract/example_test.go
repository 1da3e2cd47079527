package contract_test

import (
	"fmt"

	"assay/internal/contract"
)

// Amounts are parsed into minor units and written without a float.
func ExampleParseDecimal() {
	minor, err := contract.ParseDecimal("1.5")
	fmt.Println(minor, err, contract.Money{Minor: minor, Currency: "INR"}.Decimal())
	_, err = contract.ParseDecimal("1.005")
	fmt.Println(err)
	// Output:
	// 150 <nil> 1.50
	// more than two decimals
}

// A place is made by functions and taken apart by methods.
func ExamplePlace() {
	place := contract.ResponseBody("/goods/3/price")
	pointer, ok := place.Pointer()
	fmt.Println(place, place.Direction(), pointer, ok)
	fmt.Println(place.General(), place.Field())
	_, err := contract.ParsePlace("response#body")
	fmt.Println(err)
	// Output:
	// response#/goods/3/price response /goods/3/price true
	// response#/goods/*/price price
	// "response#body": expected a JSON pointer (RFC 6901) after #, such as /body/orderId
}

// Decode refuses an object with the same name twice, which encoding/json accepts.
func ExampleDecode() {
	value, err := contract.Decode([]byte(`{"amount": 1.00}`))
	fmt.Println(value, err)
	_, err = contract.Decode([]byte(`{"amount": 1, "amount": 2}`))
	fmt.Println(err)
	// Output:
	// map[amount:1.00] <nil>
	// an object has the same name twice at byte 22
}
