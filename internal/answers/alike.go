package answers

import (
	"cmp"
	"slices"
)

// alikeFrom is how much of what two questions say must be said by both, to group them.
const alikeFrom = 0.5

// Alike groups texts that ask for the same, whatever the script: each joins the first group whose first text says enough of the same, in the
// order in which they come. What has no words stands alone. A few hundred at a time: it compares each with each group.
func (ix *Index) Alike(texts []string) [][]int {
	var groups [][]int
	var heads []map[string]float32
	for i, text := range texts {
		said := ix.said(text)
		at := slices.IndexFunc(heads, func(head map[string]float32) bool { return shared(head, said) >= alikeFrom })
		if at < 0 {
			groups, heads = append(groups, []int{i}), append(heads, said)
			continue
		}
		groups[at] = append(groups[at], i)
	}
	return groups
}

// said is what a text says: its concepts, and the sounds of the words that mean nothing to the lexicon.
func (ix *Index) said(text string) map[string]float32 {
	said := map[string]float32{}
	for _, w := range ix.lexicon.readQuestion(text, ix.known).words {
		ix.lexicon.say(said, w)
	}
	return said
}

// say adds what one word says: "#" and the name of a concept, or a sound.
func (lx *Lexicon) say(said map[string]float32, w word) {
	switch {
	case w.idle || single(w.text) || idle(w.text):
	case len(w.concepts) > 0:
		for _, c := range w.concepts {
			key := "#" + lx.concepts[c]
			said[key] = max(said[key], w.surety/float32(len(w.concepts)))
		}
	case len(w.sound) >= 3:
		said[w.sound] = 1
	default:
		said[w.stem] = 1
	}
}

// shared is the weighted Jaccard index of two texts; nothing is like nothing.
func shared(a, b map[string]float32) float32 {
	var both, either float32
	for key, x := range a {
		both += min(x, b[key])
		either += max(x, b[key])
	}
	for key, y := range b {
		if _, ok := a[key]; !ok {
			either += y
		}
	}
	if either == 0 {
		return 0
	}
	return both / either
}

// Grouped groups unanswered questions by likeness, the most asked first.
func (c *Current) Grouped(open []Open) []Group {
	texts := make([]string, len(open))
	for i, o := range open {
		texts[i] = o.Words
	}
	var groups []Group
	for _, places := range c.Alike(texts) {
		var g Group
		for _, i := range places {
			g.Questions = append(g.Questions, open[i])
			g.Times += open[i].Times
		}
		groups = append(groups, g)
	}
	slices.SortStableFunc(groups, func(a, b Group) int { return cmp.Compare(b.Times, a.Times) })
	return groups
}
