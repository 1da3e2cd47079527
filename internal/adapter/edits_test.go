package adapter_test

import (
	"slices"
	"strings"

	"assay/internal/contract"
)

// edited returns the response with one member changed, signed again. change gets the object
// that contains the member, and its name.
func (w whole) edited(pointer contract.Pointer, change func(object map[string]any, name string)) contract.Response {
	body, err := contract.Decode(w.response.Body)
	if err != nil {
		panic(err) // the example of the documents
	}
	parent, _ := contract.Lookup(body, pointer.Parent())
	change(parent.(map[string]any), pointer.LastToken())
	raw, err := contract.Encode(body)
	if err != nil {
		panic(err)
	}
	return w.with(w.signed(raw))
}

// members returns the pointers of all members of the response, in order.
func (w whole) members() []contract.Pointer {
	body, err := contract.Decode(w.response.Body)
	if err != nil {
		panic(err)
	}
	var every []contract.Pointer
	var visit func(value any, at contract.Pointer)
	visit = func(value any, at contract.Pointer) {
		object, _ := value.(map[string]any)
		for name, item := range object {
			every = append(every, at.AppendToken(name))
			visit(item, at.AppendToken(name))
		}
	}
	visit(body, "")
	slices.Sort(every)
	return every
}

// spliced returns the body with text inserted at the start of an object. It can contain what
// no encoder writes, such as the same name twice.
func (w whole) spliced(object contract.Pointer, text string) []byte {
	raw, _ := contract.Raw(w.response.Body, object)
	return contract.Replace(w.response.Body, object, []byte("{"+text+","+strings.TrimPrefix(string(raw), "{")))
}
