package specdiff

import (
	"slices"
	"strings"

	"assay/internal/contract"
	"assay/internal/openapi"
)

// Messages about the rows of one code.
var (
	codeIf         = &contract.Template{ID: "documents.code-if", Text: "which responses with the code are this variant has changed"}
	variantsOrder  = &contract.Template{ID: "documents.code-order", Text: "the variants of the code are tried in another order"}
	variantUnknown = &contract.Template{ID: "impact.documents.variant-unknown", Text: "our adapter knows the code, but a response with it has another outcome now"}
)

// variants compares the order of the rows of each code: the first that fits is the row of
// a response.
func (c *comparison) variants(was, is *openapi.Operation, at contract.Place) {
	done := map[string]bool{}
	for _, row := range is.Codes {
		before, after := was.RowNames(row.Code), is.RowNames(row.Code)
		if row.Variant == "" || done[row.Code] {
			continue
		}
		done[row.Code] = true
		before = slices.DeleteFunc(before, func(name string) bool { return is.Code(name) == nil })
		after = slices.DeleteFunc(after, func(name string) bool { return was.Code(name) == nil })
		if !slices.Equal(before, after) {
			c.add(is.ID, row.Line, contract.Change{Kind: "code-order", Code: row.Code, At: at, Impact: ifImpact(is, row), Before: order(before), Now: order(after), Message: variantsOrder.Says()})
		}
	}
}

func order(names []string) contract.Value {
	return with(terms(strings.Join(names, ", then ")), "order", strings.Join(names, " "))
}

// meansOtherwise reports whether the documents listed a code with other outcomes only.
func meansOtherwise(was *openapi.Operation, row *openapi.Code) bool {
	rows := was.Rows(row.Code)
	return len(rows) > 0 && !slices.ContainsFunc(rows, func(old *openapi.Code) bool { return old.State == row.State && old.Retry == row.Retry })
}

// ifImpact returns the impact of another if: a response may have the outcome of another
// row of its code.
func ifImpact(o *openapi.Operation, is *openapi.Code) contract.Impact {
	if slices.ContainsFunc(o.Rows(is.Code), func(row *openapi.Code) bool { return row.State != is.State || row.Retry != is.Retry }) {
		return contract.Breaks
	}
	return contract.Minor
}

func condition(e *openapi.Expression) contract.Value {
	if e == nil {
		return contract.Value{}
	}
	return terms(e.String(), "if", e.String())
}
