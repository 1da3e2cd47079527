package skeleton

import (
	"go.yaml.in/yaml/v3"

	"assay/internal/lazy"
)

var (
	referenceName = lazy.Regexp(`^(order_?id|receipt|reference|reference_?id|client_reference_id|merchant_?(order|transaction|txn)_?id|merchant_?reference|txn_?id|transaction_?id)$`)
	currencyName  = lazy.Regexp(`(^|_)currency(_code)?$`)
)

// meanings marks the members of a request whose names say what they mean: the merchant's
// reference, and the currency. Whether an amount is in minor units, only a person can say.
func meanings(schema *yaml.Node) {
	found := false
	eachProperty(schema, func(name string, s *yaml.Node) {
		if textAt(s, "type") != "string" || textAt(s, "x-secret") != "" || textAt(s, "x-personal") != "" || textAt(s, "format") != "" {
			return
		}
		switch name = snake(name); {
		case currencyName().MatchString(name):
			mapping{s}.put("x-means", "currency")
		case referenceName().MatchString(name) && !found:
			found = true
			mapping{s}.put("x-means", "reference")
		}
	})
}

// eachProperty visits the properties of a schema and of the schemas below.
func eachProperty(schema *yaml.Node, visit func(name string, s *yaml.Node)) {
	properties := valueAt(schema, "properties")
	if properties == nil {
		return
	}
	for i := 0; i+1 < len(properties.Content); i += 2 {
		visit(properties.Content[i].Value, properties.Content[i+1])
		eachProperty(properties.Content[i+1], visit)
	}
}

// valueAt returns the value of a key of a mapping, or nil.
func valueAt(n *yaml.Node, key string) *yaml.Node {
	if n == nil || n.Kind != yaml.MappingNode {
		return nil
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			return n.Content[i+1]
		}
	}
	return nil
}

func textAt(n *yaml.Node, key string) string {
	if v := valueAt(n, key); v != nil {
		return v.Value
	}
	return ""
}
