package notify_test

import (
	"fmt"

	"assay/internal/notify"
	"assay/internal/watch"
)

func ExampleSay() {
	subject, _ := notify.Say(watch.Event{Kind: watch.Began, Thing: "paytm-live paytm/createOrder", From: watch.OK, To: watch.Failing, Time: now(), Since: now()})
	fmt.Println(subject)
	// Output: assay: paytm-live paytm/createOrder is failing
}
