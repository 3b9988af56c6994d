// Package migrations holds the database's history: goose files, applied in order by internal/postgres, never changed once released.
package migrations

import "embed"

// Files are the migrations, named NNNN_noun.sql.
//
//go:embed *.sql
var Files embed.FS
