package report_test

import (
	"fmt"
	"log"
	"os"

	"assay/internal/contract"
	"assay/internal/report"
)

// A message is a template with arguments; the form behind | says how to write an argument.
func ExampleSentence() {
	wrongType := &contract.Template{ID: "example.type", Text: "{place} is {got|a}, not {want|a}"}
	fmt.Println(report.Sentence(wrongType.Says(
		contract.ArgPlace("place", "response#/amount"),
		contract.ArgText("got", "integer"),
		contract.ArgList("want", []string{"string", "null"}),
	)))
	// Output:
	// response#/amount is an integer, not a string or null
}

// A failure shows the finding, its documents, the exchange, and the command that runs it again.
func ExampleFailure() {
	undocumented := &contract.Template{ID: "example.code", Text: "the code {code|quoted} is not documented"}
	fmt.Println(report.Failure("paytm/createOrder/accepted", []contract.Finding{{
		Rule: "code-documented", Severity: contract.Error, Side: contract.ProviderSide, At: "response#/code",
		Message:     undocumented.Says(contract.ArgText("code", "77")),
		Doc:         "https://docs.example.com/order Result codes",
		Fingerprint: "0123456789abcdef",
		Locations:   []contract.Location{{Kind: contract.SpecificationFile, File: "specs/paytm.yaml", Line: 209}},
		Excerpt:     &contract.Excerpt{Sent: "POST /order", Received: "HTTP 200\n  {\n>   \"code\": \"77\"\n  }"},
	}}, &report.Again{}))
	// Output:
	// error paytm/createOrder/accepted  code-documented  (provider)
	//   response#/code: the code "77" is not documented
	//     https://docs.example.com/order (on the page: Result codes)
	//     id: 0123456789abcdef
	//     specification: specs/paytm.yaml:209
	//     sent: POST /order
	//     received: HTTP 200
	//         {
	//       >   "code": "77"
	//         }
	//   again: assay run paytm/createOrder/accepted -v
	//      or: ginkgo --focus ' paytm/createOrder/accepted: ' --label-filter code-documented ./suites
}

// A flag chooses one of the formats for comparisons by its name.
func ExampleDrifts() {
	gone := &contract.Template{ID: "example.gone", Text: "a member that was present is missing"}
	decides := &contract.Template{ID: "example.decides", Text: "our adapter reads it"}
	comparison := &contract.Drift{
		Old:      contract.DriftSide{Name: "may.har", Exchanges: 20},
		New:      contract.DriftSide{Name: "june.har", Exchanges: 20},
		FailOn:   contract.Breaks,
		Compared: []string{"paytm/createOrder"},
		Changes: []contract.Change{{
			ID: "0123456789abcdef", Kind: contract.MemberRemoved, Impact: contract.Breaks, Operation: "paytm/createOrder", Code: "0000",
			At: "response#/body/txnToken", Message: gone.Says(), Why: decides.Says(),
			Was: contract.Count{N: 20, Of: 20}, Is: contract.Count{N: 0, Of: 20}, First: "har:june.har#1", Last: "har:june.har#20",
			Command: "assay drift may.har june.har",
		}},
	}
	fmt.Println(report.Drifts())
	if err := report.Drifts().Write(os.Stdout, "text", comparison, report.How{}); err != nil {
		log.Fatal(err)
	}
	// Output:
	// text, json, ndjson, junit, markdown, sarif, github, gitlab, ctrf or html
	// breaks paytm/createOrder  member-removed  code 0000  response#/body/txnToken  0123456789abcdef
	//   a member that was present is missing (was 20 of 20, is 0 of 20)
	//   our adapter reads it
	//   first har:june.har#1, last har:june.har#20
	//   assay drift may.har june.har
	//
	// june.har (20 exchanges) against may.har (20 exchanges): 1 breaks; what to do: `assay help drift`
}
