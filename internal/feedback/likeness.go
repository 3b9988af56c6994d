package feedback

import (
	"context"
	"fmt"
	"math"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// A Likeness groups recommendations that say the same under one theme. Groups are of the whole country; what the staff see of one is what
// their scope sees.
//
// A recommendation joins the group of which the typical one, or one that the staff confirmed, says most of the same: half of what the two
// say, or less when it is much. Of two that are as near it joins the older; else it founds a group of its own, in which it is the typical one.
// They are taken in the order of their numbers, so the same recommendations give the same groups, in whatever portions and whichever
// instances. Two exceptions: of those that come in the same moment the one that commits first is taken first, and what the staff confirm or
// take out stays so.
type Likeness struct {
	Edition string                                       // of the knowledge behind Terms: those of two editions can't be compared
	Terms   func(theme, words string) map[string]float32 // what words say, and how much each counts: "#…" is a concept, 1 one of its own
}

// Two are alike when both say alikeFrom hundredths of what the two say; or much, which is a telling matter, or one and what troubles it, and then muchFrom
// hundredths: who tells a story says more besides. Found on testdata/likeness and on the demonstration's week; precision matters more than recall.
const (
	alikeFrom = 48
	much      = 160 // hundredths of a concept
	muchFrom  = 36
)

// terms are what is said, in hundredths of a concept: whole numbers, so that two machines never differ in the last digit.
type terms map[string]int32

func (l Likeness) terms(theme, words string) (t terms, total int32) {
	t = terms{}
	for term, weight := range l.Terms(theme, words) {
		if w := int32(math.Round(float64(weight) * 100)); w > 0 {
			t[term] = w
			total += w
		}
	}
	return t, total
}

// likeness is how much of what two say is said by both, in millionths; 0 when they are not alike. It is what candidates works out in SQL.
func likeness(a, b terms, totals int32) int32 {
	var both int32
	for term, w := range a {
		both += min(w, b[term])
	}
	either := totals - both
	if both == 0 || both*100 < alikeFrom*either && (both < much || both*100 < muchFrom*either) {
		return 0
	}
	return int32(int64(both) * 1_000_000 / int64(either))
}

// least is how much another one must say of the same at least, to be alike to one that says so much.
func least(total int32) int32 {
	half := (total*alikeFrom + 99) / 100
	return min(half, max(much, (total*muchFrom+99)/100))
}

// GroupAtOnce is how many recommendations Group takes in with one transaction.
const GroupAtOnce = 500

// groupLock is the advisory lock that lets one instance group at a time.
const groupLock = 0x71616767 // "qagg"

// Group takes in recommendations whose group was not looked for yet, GroupAtOnce at most, and finds a new typical one for groups that lost
// theirs. n is how many of both there were: with GroupAtOnce call it again. When another instance is at it, it does nothing.
func (l Likeness) Group(ctx context.Context, pool *pgxpool.Pool) (n int, err error) {
	err = pgx.BeginFunc(ctx, pool, func(tx pgx.Tx) error {
		var mine bool
		if err := tx.QueryRow(ctx, `SELECT pg_try_advisory_xact_lock($1)`, groupLock).Scan(&mine); err != nil || !mine {
			return err
		}
		mended, err := l.mend(ctx, tx)
		if err != nil {
			return err
		}
		taken, err := l.take(ctx, tx)
		n = max(mended, taken)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("group recommendations: %w", err)
	}
	return n, nil
}
