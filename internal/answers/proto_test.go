package answers

import (
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

func TestWays(t *testing.T) {
	lx, ps := ReadLexicon(knowledge.Files, directory.Default())
	if lx == nil {
		t.Fatal(ps)
	}
	a, _ := Load(knowledge.Files, nil)
	asked := a.questions()
	if k := 0; k > 0 {
		var less []question
		for i, q := range asked {
			if i%4 < k {
				less = append(less, q)
			}
		}
		asked = less
	}
	ids := map[string]bool{}
	for _, q := range asked {
		ids[q.id] = true
	}
	start := time.Now()
	ix := learn(a, asked, lx)
	fmt.Println(len(asked), "ways", len(ids), "ids", len(ix.rows), "features", time.Since(start))
	d := dev(t)
	conf, byid := map[string]int{}, map[string]int{}
	defer func() {
		if os.Getenv("CONF") != "" {
			for k, v := range conf {
				if v > 1 {
					fmt.Println("C", v, k)
				}
			}
			for k, v := range byid {
				fmt.Println("I", v, k)
			}
		}
	}()
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
			if !parity && r.ID != q.id {
				conf[q.id+" → "+r.ID]++
				byid[q.id]++
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

func TestCross(t *testing.T) {
	lx, ps := ReadLexicon(knowledge.Files, directory.Default())
	if lx == nil {
		t.Fatal(ps)
	}
	a, _ := Load(knowledge.Files, nil)
	asked := a.questions()
	n, hit, three := 0, 0, 0
	for fold := range 5 {
		var train []question
		for i, q := range asked {
			if i%5 != fold {
				train = append(train, q)
			}
		}
		ix := learn(a, train, lx)
		for i, q := range asked {
			if i%5 == fold {
				r := ix.Ask(q.text)
				n++
				in := false
				for _, c := range r.Candidates {
					if c.ID == q.id {
						in = true
					}
				}
				if r.ID == q.id {
					hit++
				}
				if in {
					three++
				}
				if os.Getenv("ERR") != "" && !in {
					fmt.Printf("%s > %s %.1f|", q.id, r.ID, r.Score)
					for _, w := range lx.readQuestion(q.text, nil).words {
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
							fmt.Printf("~")
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
	}
	fmt.Printf("n=%d first %.3f three %.3f\n", n, float64(hit)/float64(n), float64(three)/float64(n))
}

func TestCurve(t *testing.T) {
	lx, ps := ReadLexicon(knowledge.Files, directory.Default())
	if lx == nil {
		t.Fatal(ps)
	}
	a, _ := Load(knowledge.Files, nil)
	ix := NewIndex(a, lx)
	parity := os.Getenv("EVEN") == ""
	for _, lam := range []float64{0, 0.2, 0.3, 0.4, 0.5} {
		for _, th := range []float64{0.5, 0.6, 0.7, 0.8} {
			var n, no, ans, wrong, oa float64
			for _, q := range dev(t) {
				if q.odd != parity {
					continue
				}
				r := ix.Ask(q.text)
				rd := lx.readQuestion(q.text, ix.known)
				content := 0
				for _, w := range rd.words {
					if !w.idle && !single(w.text) {
						content++
					}
				}
				u := 0.0; _ = u
				if content > 0 {
					u = float64(rd.unknown) / float64(content)
				}
				sure := r.Score >= th && r.ID != "oos" && r.Decision != Unknown
				if q.id == "oos" {
					no++
					if sure {
						oa++
					}
				} else {
					n++
					if sure {
						ans++
						if r.ID != q.id {
							wrong++
						}
					}
				}
			}
			fmt.Printf("lam %.1f th %.1f answered %.3f wrong %.3f (of answered %.3f) oos answered %.3f\n", lam, th, ans/n, wrong/n, wrong/ans, oa/no)
		}
	}
}
