// Package locales carries the message files; internal/locale reads them, and says how they are written.
package locales

import "embed"

//go:embed *.yaml
var Files embed.FS
