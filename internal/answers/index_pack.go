package answers

import "math"

// packed are weights ready for use: a byte for each, and a step for each row. What is lost by that is far below what decides anything, and
// they take a quarter of the memory.
type packed struct {
	classes int
	w       []int8
	step    []float32 // of a row
	bias    []float32
}

func (m *weights) pack() *packed {
	p := &packed{classes: m.classes, w: make([]int8, len(m.w)), step: make([]float32, len(m.w)/max(m.classes, 1)), bias: m.bias}
	for r := range p.step {
		row := m.w[r*m.classes:][:m.classes]
		var most float32
		for _, w := range row {
			most = max(most, w, -w)
		}
		if most == 0 {
			continue
		}
		p.step[r] = most / math.MaxInt8
		to, per := p.w[r*m.classes:][:m.classes], 1/p.step[r]
		for c, w := range row {
			to[c] = int8(int32(w*per+128.5) - 128) // to the nearest
		}
	}
	return p
}

// scores fills into with how much the traits speak for each class.
func (p *packed) scores(seen []trait, into []float32) {
	copy(into, p.bias)
	for _, t := range seen {
		row, much := p.w[int(t.row)*p.classes:][:len(into)], t.value*p.step[t.row]
		for c, w := range row {
			into[c] += float32(w) * much
		}
	}
}
