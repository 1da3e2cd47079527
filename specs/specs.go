// Package specs embeds the specifications: one OpenAPI document for each provider, and
// the JSON Schema of the dialect in which they are written. README.md describes the
// dialect.
package specs

import "embed"

// Files contains <provider>.yaml of every provider.
//
//go:embed *.yaml README.md
var Files embed.FS

// Dialect is the JSON Schema that every document must satisfy.
//
//go:embed dialect.schema.json
var Dialect []byte
