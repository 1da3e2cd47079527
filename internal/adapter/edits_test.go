package adapter_test

import (
	"slices"
	"strings"

	"assay/internal/contract"
)

// edited is the answer with one member changed, and signed again. change gets
// the object that the member stands in, and its name.
func (w whole) edited(pointer string, change func(object map[string]any, name string)) contract.Answer {
	body, err := contract.Decode(w.answer.Body)
	if err != nil {
		panic(err) // the documents' own example
	}
	tokens := contract.Tokens(pointer)
	parent, _ := contract.Lookup(body, contract.Pointer(tokens[:len(tokens)-1]...))
	change(parent.(map[string]any), tokens[len(tokens)-1])
	raw, err := contract.Encode(body)
	if err != nil {
		panic(err)
	}
	return w.with(w.signed(raw))
}

// members lists the pointers of every member of the answer, in order.
func (w whole) members() []string {
	body, err := contract.Decode(w.answer.Body)
	if err != nil {
		panic(err)
	}
	var every []string
	var visit func(value any, at string)
	visit = func(value any, at string) {
		object, _ := value.(map[string]any)
		for name, item := range object {
			every = append(every, at+contract.Pointer(name))
			visit(item, at+contract.Pointer(name))
		}
	}
	visit(body, "")
	slices.Sort(every)
	return every
}

// spliced is the body with text put in where an object begins, just as it
// stands: what no encoder would write, such as a name that stands twice.
func (w whole) spliced(object, text string) []byte {
	raw, _ := contract.Raw(w.answer.Body, object)
	return contract.Replace(w.answer.Body, object, []byte("{"+text+","+strings.TrimPrefix(string(raw), "{")))
}

// holder is the pointer of the object that a member stands in.
func holder(pointer string) string { return pointer[:strings.LastIndex(pointer, "/")] }

// called is the name of the member that a pointer names.
func called(pointer string) string {
	tokens := contract.Tokens(pointer)
	return tokens[len(tokens)-1]
}
