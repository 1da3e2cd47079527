package adapter_test

import (
	"slices"
	"strings"

	"assay/internal/contract"
)

// edited is the response with one member changed, and signed again. change gets
// the object that the member stands in, and its name.
func (w whole) edited(pointer contract.Pointer, change func(object map[string]any, name string)) contract.Response {
	body, err := contract.Decode(w.response.Body)
	if err != nil {
		panic(err) // the documents' own example
	}
	parent, _ := contract.Lookup(body, pointer.Parent())
	change(parent.(map[string]any), pointer.LastToken())
	raw, err := contract.Encode(body)
	if err != nil {
		panic(err)
	}
	return w.with(w.signed(raw))
}

// members lists the pointers of every member of the response, in order.
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

// spliced is the body with text put in where an object begins, just as it
// stands: what no encoder would write, such as a name that stands twice.
func (w whole) spliced(object contract.Pointer, text string) []byte {
	raw, _ := contract.Raw(w.response.Body, object)
	return contract.Replace(w.response.Body, object, []byte("{"+text+","+strings.TrimPrefix(string(raw), "{")))
}
