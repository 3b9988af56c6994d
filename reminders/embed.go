// Package reminders holds the rules by which the calendar writes to people and makes reports, in the form of docs/reminders.md.
package reminders

import "embed"

// Files are the rules.
//
//go:embed rules.yaml reports.yaml
var Files embed.FS
