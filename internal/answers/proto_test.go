package answers

import (
	"github.com/qafila/qafila/internal/locale"
	"io/fs"
	"testing/fstest"

	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/qafila/qafila/internal/directory"
	"github.com/qafila/qafila/knowledge"
)

type devq struct {
	id, text, script string
	odd              bool
}

func dev(t *testing.T) []devq {
	var out []devq
	for _, s := range []string{"fr", "ar", "latin"} {
		b, err := os.ReadFile("testdata/dev/" + s + ".tsv")
		if err != nil {
			t.Fatal(err)
		}
		for i, l := range strings.Split(strings.TrimSpace(string(b)), "\n") {
			id, text, _ := strings.Cut(l, "\t")
			out = append(out, devq{id, text, s, i%2 == 0})
		}
	}
	return out
}

func partial(t *testing.T) (asked []question) {
	names, _ := fs.Glob(knowledge.Files, "*.yaml")
	for _, n := range names {
		b, _ := fs.ReadFile(knowledge.Files, n)
		a, ps := Load(fstest.MapFS{n: &fstest.MapFile{Data: b}}, nil)
		if a == nil {
			fmt.Println("skip", n, ps[0])
			continue
		}
		for _, tp := range a.topics {
			for _, e := range a.byTopic[tp.ID] {
				for _, w := range e.Asked() {
					asked = append(asked, question{w, e.ID})
				}
				for _, l := range locale.Languages() {
					asked = append(asked, question{e.title[l], e.ID})
				}
			}
		}
	}
	return
}

func TestWays(t *testing.T) {
	lx, ps := ReadLexicon(knowledge.Files, directory.Default())
	if lx == nil {
		t.Fatal(ps)
	}
	asked := partial(t)
	ids := map[string]bool{}
	for _, q := range asked {
		ids[q.id] = true
	}
	start := time.Now()
	ix := learn(asked, lx)
	fmt.Println(len(asked), "ways", len(ids), "ids", len(ix.model.row), "features", time.Since(start))
	d := dev(t)
	parity := os.Getenv("EVEN") == ""
	hit, three, n := map[string]int{}, map[string]int{}, map[string]int{}
	for _, q := range d {
		if q.odd == parity && ids[q.id] {
			r := ix.Ask(q.text)
			n[q.script]++
			if r.ID == q.id {
				hit[q.script]++
			}
			in := false
			for _, c := range r.Candidates {
				if c.ID == q.id {
					three[q.script]++
					in = true
				}
			}
			if parity && os.Getenv("ERR") == q.script && r.ID != q.id {
				m := "x"
				if !in {
					m = "X"
				}
				fmt.Printf("%s %s → %s %.2f | ", m, q.id, r.ID, r.Score)
				for _, w := range lx.readQuestion(q.text, ix.known).words {
					fmt.Print(w.text)
					if len(w.concepts) > 0 {
						fmt.Print("[")
					}
					for i, c := range w.concepts {
						if i > 0 {
							fmt.Print(",")
						}
						fmt.Print(lx.concepts[c])
					}
					if len(w.concepts) > 0 && w.surety < 0.85 {
						fmt.Printf("~%.1f", w.surety)
					}
					if len(w.concepts) > 0 {
						fmt.Print("]")
					}
					fmt.Print(" ")
				}
				fmt.Println()
			}
		}
	}
	for _, s := range []string{"fr", "ar", "latin"} {
		fmt.Printf("%s n=%d first %.3f three %.3f\n", s, n[s], float64(hit[s])/float64(n[s]), float64(three[s])/float64(n[s]))
	}
}

func TestProto(t *testing.T) {
	lx, ps := ReadLexicon(knowledge.Files, directory.Default())
	if lx == nil {
		t.Fatal(ps)
	}
	d := dev(t)
	fmt.Println(len(lx.byWord), "spellings", len(lx.concepts))
	hit, three, n := map[string]int{}, map[string]int{}, map[string]int{}
	start := time.Now()
	for fold := range 5 {
		var train []question
		i := 0
		for _, q := range d {
			if q.odd {
				if i++; (i/3)%5 != fold {
					train = append(train, question{q.text, q.id})
				}
			}
		}
		ix := learn(train, lx)
		i = 0
		for _, q := range d {
			if q.odd {
				if i++; (i/3)%5 == fold {
					r := ix.Ask(q.text)
					n[q.script]++
					if r.ID == q.id {
						hit[q.script]++
					}
					if os.Getenv("ERR") == q.script && r.ID != q.id {
						fmt.Printf("X %s → %s %.2f | %s | ", q.id, r.ID, r.Score, q.text)
						for _, w := range lx.readQuestion(q.text, nil).words {
							fmt.Print(w.text)
							for _, c := range w.concepts {
								fmt.Print(":", lx.concepts[c])
							}
							if len(w.concepts) > 0 && w.surety < 0.85 {
								fmt.Printf("~%.1f", w.surety)
							}
							fmt.Print(" ")
						}
						fmt.Println()
					}
					for _, c := range r.Candidates {
						if c.ID == q.id {
							three[q.script]++
						}
					}
				}
			}
		}
	}
	for _, s := range []string{"fr", "ar", "latin"} {
		fmt.Printf("%s n=%d first %.3f three %.3f\n", s, n[s], float64(hit[s])/float64(n[s]), float64(three[s])/float64(n[s]))
	}
	fmt.Println(time.Since(start))
}
