package protocol

import _ "embed" // for the schema

// Schema is the JSON Schema of the messages.
//
//go:embed protocol.schema.json
var Schema []byte
