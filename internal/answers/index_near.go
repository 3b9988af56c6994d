package answers

import "math"

// neighbours are the known questions themselves, as vectors of length one in which rare features count more.
type neighbours struct {
	class  []int32     // of each question
	rarity []float32   // of each feature
	having [][]posting // the questions that have a feature
}

// A posting is one question and how much of a feature it has.
type posting struct {
	question int32
	value    float32
}

// How much the three likest known questions of a class add to what the weights say of it. Measured as the weights were.
const (
	nearness = 8
	likest   = 0.5
	second   = 0.3
	third    = 0.2
)

func remember(lessons []lesson, rows int) *neighbours {
	n := &neighbours{class: make([]int32, len(lessons)), rarity: make([]float32, rows), having: make([][]posting, rows)}
	count := make([]int, rows)
	total := 0
	for _, l := range lessons {
		for _, t := range l.seen {
			count[t.row]++
		}
		total += len(l.seen)
	}
	all := make([]posting, total)
	for row, c := range count {
		n.rarity[row] = float32(math.Log(float64(len(lessons)+1) / float64(c+1)))
		n.having[row], all = all[:0:c], all[c:]
	}
	for i, l := range lessons {
		n.class[i] = int32(l.class)
		scale := n.scale(l.seen)
		for _, t := range l.seen {
			n.having[t.row] = append(n.having[t.row], posting{int32(i), t.value * n.rarity[t.row] * scale})
		}
	}
	return n
}

// scale brings traits to length one.
func (n *neighbours) scale(seen []trait) float32 {
	var sum float64
	for _, t := range seen {
		v := float64(t.value * n.rarity[t.row])
		sum += v * v
	}
	if sum == 0 {
		return 0
	}
	return float32(1 / math.Sqrt(sum))
}

// add raises the scores of the classes whose known questions are like this one.
func (n *neighbours) add(seen []trait, scores []float32) {
	scale := n.scale(seen)
	if scale == 0 {
		return
	}
	like := make([]float32, len(n.class))
	for _, t := range seen {
		v := t.value * n.rarity[t.row] * scale
		for _, p := range n.having[t.row] {
			like[p.question] += v * p.value
		}
	}
	best := make([][3]float32, len(scores))
	for i, v := range like {
		b := &best[n.class[i]]
		switch {
		case v > b[0]:
			b[0], b[1], b[2] = v, b[0], b[1]
		case v > b[1]:
			b[1], b[2] = v, b[1]
		case v > b[2]:
			b[2] = v
		}
	}
	for c, b := range best {
		scores[c] += nearness * (likest*b[0] + second*b[1] + third*b[2])
	}
}
