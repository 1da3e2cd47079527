package specdiff_test

import (
	"bytes"
	"fmt"
	"io/fs"
	"log"
	"testing/fstest"

	"assay/internal/contract"
	"assay/internal/openapi"
	"assay/internal/report"
	"assay/internal/specdiff"
	"assay/specs"
)

// The newer document allows shorter URLs only, and a code has another outcome.
func ExampleCompare() {
	raw, err := fs.ReadFile(specs.Files, "ipayments.yaml")
	if err != nil {
		log.Fatal(err)
	}
	edited := bytes.Replace(raw, []byte("maxLength: 300\n          format"), []byte("maxLength: 200\n          format"), 1)
	edited = bytes.Replace(edited, []byte("outcome: pending"), []byte("outcome: succeeded"), 1)
	changes, err := specdiff.Compare(load("ipayments.yaml", raw), load("newer.yaml", edited), specdiff.Uses{})
	if err != nil {
		log.Fatal(err)
	}
	for _, c := range changes {
		fmt.Printf("%s %s: %s\n", c.Impact, c.Operation, report.Sentence(c.Message))
	}
	// Output:
	// breaks ipayments/createOrder: request property max length decreased: `redirectUrl`, `200`
	// breaks ipayments/createOrder: the code has another outcome for the order
	// breaks ipayments/initKyc: the code has another outcome for the order
}

// The impact of a change in responses depends on what the adapter does with the member.
func ExampleUses() {
	raw, err := fs.ReadFile(specs.Files, "ipayments.yaml")
	if err != nil {
		log.Fatal(err)
	}
	edited := bytes.Replace(raw, []byte("kid:\n              type: string"), []byte("kid:\n              type: integer"), 1)
	unread := &contract.Template{ID: "example.unread", Text: "our adapter does not read it"}
	uses := specdiff.Uses{Member: func(*openapi.Operation, contract.Pointer) (contract.Impact, contract.Message) {
		return contract.Minor, unread.Says()
	}}
	for _, u := range []specdiff.Uses{{}, uses} {
		changes, err := specdiff.Compare(load("ipayments.yaml", raw), load("newer.yaml", edited), u)
		if err != nil {
			log.Fatal(err)
		}
		for _, c := range changes {
			fmt.Printf("%s: %s\n", c.Impact, report.Sentence(c.Message))
		}
	}
	// Output:
	// breaks: response property type changed: `data/kid`, `type`, from `string` to `integer`, status `200`
	// minor: response property type changed: `data/kid`, `type`, from `string` to `integer`, status `200`
}

// load parses a document.
func load(name string, content []byte) specdiff.Document {
	spec, err := openapi.Load(fstest.MapFS{name: {Data: content}}, name)
	if err != nil {
		log.Fatal(err)
	}
	return specdiff.NewDocument(spec, name)
}
