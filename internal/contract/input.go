package contract

import "reflect"

// Input is the input of an operation, such as an order or a KYC request. Engine and
// rules use only this interface, so a new kind of operation needs only a new type.
type Input interface {
	// References returns the merchant's ids in the input.
	References() []string
	// Renamed returns a copy with each reference replaced.
	Renamed(to func(reference string) string) Input
	// Amounts returns the amounts of money in the input.
	Amounts() []Money
	// People returns the personal data in the input.
	People() []Personal
}

// InputKind is a kind of input, with the member of a case that holds it.
type InputKind struct {
	Member string // "order"
	Of     Input  // an empty input, for its type
}

// InputKinds lists the kinds of input that a case can have.
func InputKinds() []InputKind {
	return []InputKind{
		{"order", &Order{}},
		{"kyc", &KYC{}},
	}
}

// Personal is one piece of personal data. Kind is a value of x-personal.
type Personal struct{ Kind, Text string }

// InputOf returns the input of a call as the type that an operation needs. name is the
// name of the input in fixtures.
//
// InputOf returns a *RefusedError if the input is missing, has another type, or holds a
// text that is not UTF-8. JSON cannot carry such a text: an encoder would replace it,
// and two references could become one.
func InputOf[T any](provider, name string, call Call) (*T, error) {
	input, ok := any(call.Input).(*T)
	if !ok || input == nil {
		return nil, &RefusedError{provider, name, "is missing"}
	}
	if field := invalidUTF8(reflect.ValueOf(input), name); field != "" {
		return nil, &RefusedError{provider, field, "is not UTF-8"}
	}
	return input, nil
}

// References returns the reference of the order.
func (o *Order) References() []string { return []string{o.Reference} }

// Renamed returns the order with another reference.
func (o *Order) Renamed(to func(reference string) string) Input {
	renamed := *o
	renamed.Reference = to(o.Reference)
	return &renamed
}

// Amounts returns the amount of the order.
func (o *Order) Amounts() []Money { return []Money{o.Amount} }

// People returns the customer, and the names, phones and lines of the addresses.
func (o *Order) People() []Personal {
	all := []Personal{{"email", o.Customer.Email}, {"mobile", o.Customer.Mobile}}
	names := []string{o.Customer.FirstName, o.Customer.LastName}
	for _, a := range []*Address{o.Billing, o.Shipping} {
		if a != nil {
			names = append(names, a.FirstName, a.LastName)
			all = append(all, Personal{"mobile", a.Phone}, Personal{"address", a.Line1}, Personal{"address", a.Line2})
		}
	}
	for _, name := range names {
		all = append(all, Personal{"name", name})
	}
	return all
}

// References returns nothing: a KYC request has no reference.
func (k *KYC) References() []string { return nil }

// Renamed returns the request unchanged.
func (k *KYC) Renamed(func(reference string) string) Input { return k }

// Amounts returns nothing.
func (k *KYC) Amounts() []Money { return nil }

// People returns the customer.
func (k *KYC) People() []Personal {
	return []Personal{{"name", k.Name}, {"email", k.Email}, {"mobile", k.Mobile}, {"pan", k.PAN}}
}
