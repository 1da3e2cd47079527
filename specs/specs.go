// Package specs embeds what the providers promise: one OpenAPI document a
// provider, and the JSON Schema of the dialect they are written in.
package specs

import "embed"

// Files holds <provider>.yaml.
//
//go:embed *.yaml
var Files embed.FS

// Dialect is the JSON Schema that every document must satisfy.
//
//go:embed dialect.schema.json
var Dialect []byte
