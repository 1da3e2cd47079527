package impact

import (
	"net/http"

	"assay/internal/catalog"
	"assay/internal/contract"
	"assay/internal/drift"
	"assay/internal/shape"
	"assay/internal/signature"
)

// Documented returns the shapes of the examples in the specifications: one response for
// each code.
func Documented(c *catalog.Catalog) map[string]*shape.Shape {
	l := shape.NewLearner()
	for _, s := range c.Specs {
		for _, o := range s.Operations {
			for i, row := range o.Codes {
				example, ok := o.Example(row.Code)
				if !ok {
					continue
				}
				_ = l.Learn(int64(i)+1, contract.Exchange{
					Request: contract.Request{Method: o.Method},
					Response: contract.Response{
						Status: example.HTTP, Header: http.Header{"Content-Type": {"application/json"}},
						Body: signature.Sign(o.Sign.Response, example.Body, s.TestCredentials(), signature.Zeros{}),
					},
					Origin: "spec:" + s.File + "#" + row.Code, Evidence: contract.Documented,
				}, o)
			}
		}
	}
	return l.Shapes()
}

// Baseline returns the accepted shapes: cassettes/<provider>/<operation>.shape.yaml.
func Baseline(c *catalog.Catalog) (map[string]*shape.Shape, error) {
	return shape.Load(c.Data.Cassettes, "cassettes")
}

// Drift compares the shapes of every operation that is in both sets. compared is the
// number of operations compared. See Crashed.
func (i *Impact) Drift(was, is map[string]*shape.Shape) (found []contract.Change, compared int) {
	for _, s := range i.catalog.Specs {
		for _, o := range s.Operations {
			if was[o.Name()] == nil || is[o.Name()] == nil {
				continue
			}
			compared++
			uses := i.Uses(o)
			i.contain("the comparison", o, func() { found = append(found, drift.Compare(was[o.Name()], is[o.Name()], o, uses)...) })
		}
	}
	return contract.SortChanges(found), compared
}
