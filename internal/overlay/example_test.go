package overlay_test

import (
	"fmt"
	"io/fs"
	"log"
	"strings"

	"assay/internal/contract"
	"assay/internal/openapi"
	"assay/internal/overlay"
	"assay/internal/report"
	"assay/specs"
)

// A new member becomes an action; an operation that is not in the document is skipped.
func ExamplePropose() {
	raw, err := fs.ReadFile(specs.Files, "ipayments.yaml")
	if err != nil {
		log.Fatal(err)
	}
	spec, err := openapi.Load(specs.Files, "ipayments.yaml")
	if err != nil {
		log.Fatal(err)
	}
	added := contract.Change{
		Kind: contract.MemberAdded, Operation: "ipayments/initKyc", Code: "0x0200", At: "response#/data/expiry",
		Now: contract.Value{Types: []string{"integer"}}, Is: contract.Count{N: 14, Of: 20}, Impact: contract.Minor,
	}
	other := added
	other.Operation = "ipayments/refund"
	p, err := overlay.Propose(spec, raw, []contract.Change{added, other})
	if err != nil {
		log.Fatal(err)
	}
	_, actions, _ := strings.Cut(string(p.Document), "actions:\n")
	fmt.Print(actions)
	for _, s := range p.Skipped {
		fmt.Printf("skipped %s: %s\n", s.Change.Operation, report.Sentence(s.Reason))
	}
	// Output:
	// - target: "$['components']['schemas']['InitKycResponse']['properties']['data']"
	//     description: A member that was seen 14 times with code 0x0200. It is marked secret until its values were reviewed.
	//     update:
	//       properties:
	//         expiry:
	//           type: integer
	//           description: seen 14 times with code 0x0200; not checked against the provider's page
	//           x-doc: not checked against the provider's page
	//           x-secret: true
	// skipped ipayments/refund: the document has no such operation (add the operation to the specification first)
}

// A member that came with another type may have either type from now on.
func ExamplePropose_type() {
	raw, err := fs.ReadFile(specs.Files, "ipayments.yaml")
	if err != nil {
		log.Fatal(err)
	}
	spec, err := openapi.Load(specs.Files, "ipayments.yaml")
	if err != nil {
		log.Fatal(err)
	}
	p, err := overlay.Propose(spec, raw, []contract.Change{{
		Kind: contract.MemberRetyped, Operation: "ipayments/initKyc", Code: "0x0200", At: "response#/data/kid",
		Got: contract.Value{Types: []string{"integer"}}, Now: contract.Value{Types: []string{"string", "integer"}}, Is: contract.Count{N: 3, Of: 20},
	}})
	if err != nil {
		log.Fatal(err)
	}
	_, actions, _ := strings.Cut(string(p.Document), "actions:\n")
	fmt.Print(actions)
	// Output:
	// - target: "$['components']['schemas']['InitKycResponse']['properties']['data']['properties']['kid']"
	//     description: It was seen 3 times with code 0x0200 with another type.
	//     remove: true
	//   - target: "$['components']['schemas']['InitKycResponse']['properties']['data']['properties']"
	//     description: It was seen 3 times with code 0x0200 with another type.
	//     update:
	//       kid:
	//         anyOf:
	//           - type: string
	//             minLength: 1
	//             example: KID240826212813188LXXXXXXXX
	//           - type: integer
	//         description: the id of this KYC, for later inquiries
	//         x-doc: kid
	//         x-means: provider-reference
}
