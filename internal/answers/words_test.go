package answers

import (
	"fmt"
	"github.com/qafila/qafila/internal/directory"
	"github.com/qafila/qafila/knowledge"
	"sort"
	"testing"
)

func TestWords(t *testing.T) {
	lx, _ := ReadLexicon(knowledge.Files, directory.Default())
	un, lo := map[string]int{}, map[string]int{}
	for _, q := range partial(t) {
		for _, w := range lx.readQuestion(q.text, nil).words {
			if single(w.text) || idle(w.text) || w.idle {
				continue
			}
			if len(w.concepts) == 0 {
				un[w.text]++
			} else if w.surety <= 0.7 {
				k := w.text
				for _, c := range w.concepts {
					k += ":" + lx.concepts[c]
				}
				lo[k]++
			}
		}
	}
	p := func(m map[string]int) {
		var ks []string
		for k := range m {
			ks = append(ks, k)
		}
		sort.Slice(ks, func(i, j int) bool {
			if m[ks[i]] != m[ks[j]] {
				return m[ks[i]] > m[ks[j]]
			}
			return ks[i] < ks[j]
		})
		for _, k := range ks {
			fmt.Print(k)
			if m[k] > 1 {
				fmt.Print("=", m[k])
			}
			fmt.Print(" ")
		}
		fmt.Println()
	}
	fmt.Println("UNKNOWN")
	p(un)
	fmt.Println("LOOSE")
	p(lo)
}
