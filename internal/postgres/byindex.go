package postgres

import "github.com/jackc/pgx/v5"

// byIndex is a statement after which the rest of its transaction is planned by indexes.
const byIndex = "SELECT set_config(name, 'off', true) FROM unnest(ARRAY['enable_seqscan', 'enable_hashjoin', 'enable_mergejoin']) AS t(name)"

// ByIndex begins a transaction that looks a few rows up by their keys, however large the tables are or were. Postgres plans a
// statement's sixth execution on a connection for good, often while the tables are still small, and a plan made for a small table reads
// the whole of it ever after: measured, 50 then 400 µs of Postgres an update. Here it may not.
var ByIndex = pgx.TxOptions{BeginQuery: "BEGIN; " + byIndex}

// QueueByIndex makes a batch such a transaction, or the one that it begins, without a round trip more. It comes before the batch's statements
// and is one of its results.
func QueueByIndex(b *pgx.Batch) { b.Queue(byIndex) }
