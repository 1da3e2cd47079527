package config

import _ "embed" // for the schema

// Schema is the JSON Schema of assay.yaml. Editors can check the file with it.
//
//go:embed config.schema.json
var Schema []byte
