// Package cassettes embeds the recorded exchanges and their manifest.
package cassettes

import "embed"

// Files holds manifest.yaml and <provider>/<operation>/<case>.yaml.
//
//go:embed all:*
var Files embed.FS
