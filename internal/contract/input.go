package contract

import "reflect"

// Input is what an operation is asked with: an order, a KYC request. A new kind
// of operation brings a type of its own. What plays, judges and derives cases
// asks an input these questions, and knows none of the types.
type Input interface {
	// References are the merchant's ids that it names.
	References() []string
	// Renamed gives a copy in which each of the references is another one.
	Renamed(to func(reference string) string) Input
	// Amounts are the sums of money that it speaks of.
	Amounts() []Money
	// People is the personal data that it holds.
	People() []Personal
}

// InputKind is a kind of input, and the member of a case that holds one.
type InputKind struct {
	Member string // "order"
	Of     Input  // one that is empty, by which the type is known
}

// InputKinds are what cases can ask with: a line each.
func InputKinds() []InputKind {
	return []InputKind{
		{"order", &Order{}},
		{"kyc", &KYC{}},
	}
}

// Personal is one thing that is known of a person. Kind is one of x-personal.
type Personal struct{ Kind, Text string }

// Take gives the input of an ask as the type that an operation takes. name is
// what fixtures call it. An input that is missing, of another type, or that holds
// a text which is not UTF-8 is a *RefusedError. JSON cannot carry such a text; an
// encoder would send another one in its place, and two references could become
// one.
func InputOf[T any](provider, name string, ask Call) (*T, error) {
	input, ok := any(ask.Input).(*T)
	if !ok || input == nil {
		return nil, &RefusedError{provider, name, "is missing"}
	}
	if field := unreadable(reflect.ValueOf(input), name); field != "" {
		return nil, &RefusedError{provider, field, "is not UTF-8"}
	}
	return input, nil
}

// References are those of the order.
func (o *Order) References() []string { return []string{o.Reference} }

// Renamed is the order under another reference.
func (o *Order) Renamed(to func(reference string) string) Input {
	renamed := *o
	renamed.Reference = to(o.Reference)
	return &renamed
}

// Amounts is the order's.
func (o *Order) Amounts() []Money { return []Money{o.Amount} }

// People are the customer, and those at the addresses.
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

// References are none: nobody asks again for a KYC request.
func (k *KYC) References() []string { return nil }

// Renamed is the request as it is.
func (k *KYC) Renamed(func(reference string) string) Input { return k }

// Amounts are none.
func (k *KYC) Amounts() []Money { return nil }

// People is the customer.
func (k *KYC) People() []Personal {
	return []Personal{{"name", k.Name}, {"email", k.Email}, {"mobile", k.Mobile}, {"pan", k.PAN}}
}
