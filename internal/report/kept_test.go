package report

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5/pgxpool"
)

func number(t testing.TB, pool *pgxpool.Pool, sql string, args ...any) (n int) {
	t.Helper()
	if err := pool.QueryRow(t.Context(), sql, args...).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestAnOccasionIsAskedForOnceByHoweverManyAndMissesNobody(t *testing.T) {
	t.Parallel()
	pool := house(t)
	run(t, pool, `INSERT INTO staff (chat_id, role, region, joined_at) VALUES (1, 'organiser', '', $1), (2, 'agent', '03', $1), (3, 'agent', '03', $1), (4, 'agent', '09', $1),
		(5, 'agent', '12', $2)`, now.Add(-30*aDay), now)
	week := func(days int) Occasion {
		at := now.Add(-time.Duration(days) * aDay)
		return Occasion{Key: "week:" + at.Format(time.DateOnly), Scope: Scope{From: at.Add(-7 * aDay), To: at}, At: at}
	}
	stop := Occasion{Key: "stop:fes", Scope: Scope{Stop: "fes", From: now.Add(-10 * aDay), To: now.Add(-9 * aDay)}, Region: "03", At: now.Add(-9 * aDay)}
	var w sync.WaitGroup
	for range 4 {
		w.Go(func() {
			for range 3 {
				if err := Due(t.Context(), pool, []Occasion{week(1), week(8), stop}, now); err != nil {
					t.Error(err)
				}
			}
		})
	}
	w.Wait()
	// the organisers and two regions for each week, not the region whose agent has just joined; the organisers and Fès for the stop
	if n := number(t, pool, `SELECT count(*) FROM reports`); n != 2*3+2 {
		t.Errorf("%d reports are asked for", n)
	}
	if n := number(t, pool, `SELECT count(*) FROM reports WHERE region = '12' OR stop_id = 'fes' AND region NOT IN ('', '03')`); n != 0 {
		t.Errorf("%d are for who doesn't get them", n)
	}

	// each is made by one maker alone
	made := make(chan int64, 100)
	for range 4 {
		w.Go(func() {
			for {
				k, ok, err := Take(t.Context(), pool, now)
				if err != nil || !ok {
					if err != nil {
						t.Error(err)
					}
					return
				}
				r, _, err := compiler().Compile(t.Context(), pool, Reader{All: k.Scope.Region == "", Region: k.Scope.Region}, k.Scope, now, nil)
				if err == nil {
					err = k.Keep(t.Context(), pool, r, now)
				}
				if err != nil {
					t.Error(err)
				}
				made <- k.ID
			}
		})
	}
	w.Wait()
	close(made)
	seen := map[int64]bool{}
	for id := range made {
		if seen[id] {
			t.Errorf("report %d was made twice", id)
		}
		seen[id] = true
	}
	if n := number(t, pool, `SELECT count(*) FROM reports WHERE state = 'ready'`); n != 8 || len(seen) != 8 {
		t.Errorf("%d of %d are ready", n, len(seen))
	}
	first, err := Untold(t.Context(), pool, false, 100)
	if err != nil || len(first) != 0 {
		t.Errorf("in quiet hours %d of the calendar's are told, %v", len(first), err)
	}
	if list, err := Untold(t.Context(), pool, true, 100); err != nil || len(list) != 8 {
		t.Errorf("%d are told, %v", len(list), err)
	}
	if list, err := Untold(t.Context(), pool, true, 100); err != nil || len(list) != 0 {
		t.Errorf("%d are told again, %v", len(list), err)
	}
}

func TestAKeptReportIsOfItsRegionAlone(t *testing.T) {
	t.Parallel()
	pool := house(t)
	for _, region := range []string{"", "03", "09"} {
		if ok, err := Order(t.Context(), pool, Reader{All: true}, days(30, region), 1, "fr", 0, now); !ok || err != nil {
			t.Fatal(ok, err)
		}
	}
	if ok, err := Order(t.Context(), pool, Reader{Region: "09"}, Scope{Stop: "fes"}, 2, "fr", 0, now); ok || err != nil {
		t.Errorf("an agent of 09 asks for a stop of 03: %v, %v", ok, err)
	}
	ids := map[string]int64{}
	for {
		k, ok, err := Take(t.Context(), pool, now)
		if err != nil {
			t.Fatal(err)
		}
		if !ok {
			break
		}
		r := compile(t, pool, compiler(), Reader{All: true}, k.Scope)
		if err := k.Keep(t.Context(), pool, r, now); err != nil {
			t.Fatal(err)
		}
		ids[k.Scope.Region] = k.ID
		// it is what was made, to the last number
		again, ok, err := Open(t.Context(), pool, Reader{All: true}, k.ID)
		if d := cmp.Diff(r, again.Report); d != "" || !ok || err != nil {
			t.Errorf("%v, %v: %s", ok, err, d)
		}
	}
	for of, id := range ids {
		for who, r := range map[string]Reader{"all": {All: true}, "03": {Region: "03"}, "09": {Region: "09"}, "12": {Region: "12"}, "nobody": {}} {
			want := who == "all" || who == of
			k, ok, err := Open(t.Context(), pool, r, id)
			if ok != want || err != nil {
				t.Errorf("%s opens the report of %q: %v, %v", who, of, ok, err)
			}
			if k.Scope.Region = of; r.Has(k) != want {
				t.Errorf("%s has the report of %q", who, of)
			}
			if ok, err := OrderFile(t.Context(), pool, r, id, Workbook, 1, "fr", now); ok != want || err != nil {
				t.Errorf("%s gets files of the report of %q: %v, %v", who, of, ok, err)
			}
			list, err := Latest(t.Context(), pool, r, 10)
			if n := map[string]int{"all": 3, "03": 1, "09": 1}[who]; len(list) != n || err != nil {
				t.Errorf("%s finds %d reports, %v", who, len(list), err)
			}
			stops, err := Stops(t.Context(), pool, r, 10)
			if n := map[string]int{"all": 3, "03": 2, "09": 1}[who]; len(stops) != n || err != nil {
				t.Errorf("%s finds %d stops, %v", who, len(stops), err)
			}
		}
	}
}

func TestWhatFailsIsTriedAgainAndThenGivenUp(t *testing.T) {
	t.Parallel()
	pool := house(t)
	at := now
	if _, err := Order(t.Context(), pool, Reader{All: true}, days(30, ""), 1, "fr", 0, at); err != nil {
		t.Fatal(err)
	}
	for try := 1; try <= tries; try++ {
		k, ok, err := Take(t.Context(), pool, at)
		if !ok || err != nil {
			t.Fatalf("try %d: %v, %v", try, ok, err)
		}
		if _, ok, _ := Take(t.Context(), pool, at.Add(time.Minute)); ok {
			t.Error("it is taken from who makes it")
		}
		if err := k.GiveUp(t.Context(), pool, false); err != nil {
			t.Fatal(err)
		}
		at = at.Add(patience + time.Second)
	}
	if n := number(t, pool, `SELECT count(*) FROM reports WHERE state = 'failed' AND NOT told`); n != 1 {
		t.Error("it has not failed")
	}
	// so has one whose makers were killed each time
	if _, err := Order(t.Context(), pool, Reader{All: true}, days(30, ""), 1, "fr", 0, at); err != nil {
		t.Fatal(err)
	}
	for range tries + 1 {
		if _, _, err := Take(t.Context(), pool, at); err != nil {
			t.Fatal(err)
		}
		at = at.Add(patience + time.Second)
	}
	if n := number(t, pool, `SELECT count(*) FROM reports WHERE state = 'failed'`); n != 2 {
		t.Errorf("%d have failed", n)
	}
	// who was slow keeps nothing over what somebody else has made meanwhile
	if _, err := Order(t.Context(), pool, Reader{All: true}, days(30, ""), 1, "fr", 0, at); err != nil {
		t.Fatal(err)
	}
	slow, _, err := Take(t.Context(), pool, at)
	if err != nil {
		t.Fatal(err)
	}
	quick, ok, err := Take(t.Context(), pool, at.Add(patience+time.Second))
	if !ok || err != nil {
		t.Fatal(ok, err)
	}
	for i, k := range []Kept{quick, slow} {
		if err := k.Keep(t.Context(), pool, Report{Least: i + 1, Scope: k.Scope}, at); err != nil {
			t.Fatal(err)
		}
	}
	if k, _, err := Open(t.Context(), pool, Reader{All: true}, quick.ID); err != nil || k.Report.Least != 1 {
		t.Errorf("%+v, %v", k, err)
	}
	// a file is taken by one alone too, and settled once
	if ok, err := OrderFile(t.Context(), pool, Reader{All: true}, quick.ID, Table, 1, "fr", at); !ok || err != nil {
		t.Fatal(ok, err)
	}
	f, ok, err := TakeFile(t.Context(), pool, at)
	if !ok || err != nil {
		t.Fatal(ok, err)
	}
	if _, again, _ := TakeFile(t.Context(), pool, at); again {
		t.Error("a file is taken twice")
	}
	for _, want := range []bool{true, false} {
		if mine, err := f.Settle(t.Context(), pool); mine != want || err != nil {
			t.Error(mine, err)
		}
	}
}

func ExampleFileName() {
	fmt.Println(FileName(Scope{Stop: "fes-2027-01-14"}, "-fr.pdf"))
	fmt.Println(FileName(Scope{Region: "05", From: time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC), To: time.Date(2027, 2, 1, 0, 0, 0, 0, time.UTC)}, ".xlsx"))
	// Output:
	// qafila-fes-2027-01-14-fr.pdf
	// qafila-region-05_2027-01-01_2027-01-31.xlsx
}
