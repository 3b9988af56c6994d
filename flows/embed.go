// Package flows holds the conversations as they are written: one YAML file each, in the language of docs/flows.md.
package flows

import "embed"

// Files are the flows.
//
//go:embed *.yaml
var Files embed.FS
