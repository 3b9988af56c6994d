package answers

import (
	"math"
	"os"
	"strconv"
)

// A lesson is one known question.
type lesson struct {
	class    int
	features []seen // as places in the rows of weights
	weight   float32
}

// weights are a multinomial logistic regression: how much each feature speaks for each class.
type weights struct {
	classes int
	row     map[feature]int32
	w       []float32 // row by row
	bias    []float32
}

// How the regression is taught. Measured by cross-validation (answers stats); flat around these.
var (
	rounds    = int(ev("R", 6))
	firstStep = ev("S1", 0.4)
	lastStep  = ev("S2", 0.3)
	sharpness = float32(ev("SH", 2.5))
)

const tooSmall = 0.004

func ev(k string, d float64) float64 {
	if v, err := strconv.ParseFloat(os.Getenv(k), 64); err == nil {
		return v
	}
	return d
}

// teach fits the weights to the lessons, always in the same order, so that the same knowledge gives the same index.
func teach(classes int, lessons []lesson, rows map[feature]int32) *weights {
	m := &weights{classes: classes, row: rows, w: make([]float32, len(rows)*classes), bias: make([]float32, classes)}
	order := shuffled(len(lessons))
	p := make([]float32, classes)
	for round := range rounds {
		step := float32(firstStep * math.Pow(lastStep/firstStep, float64(round)/float64(max(1, rounds-1))))
		for _, i := range order {
			l := &lessons[i]
			m.scores(l.features, p)
			softmax(p)
			for c := range p {
				g := p[c]
				if c == l.class {
					g--
				}
				if g < tooSmall && g > -tooSmall {
					p[c] = 0
					continue
				}
				p[c] = g * step * l.weight
				m.bias[c] -= p[c] * 0.1
			}
			for _, f := range l.features {
				row := m.w[int(f.feature)*classes : (int(f.feature)+1)*classes]
				v := f.value
				for c, g := range p {
					if g != 0 {
						row[c] -= g * v
					}
				}
			}
		}
	}
	return m
}

// scores fills p with how much the features speak for each class.
func (m *weights) scores(features []seen, p []float32) {
	copy(p, m.bias)
	for _, f := range features {
		row := m.w[int(f.feature)*m.classes:][:len(p)]
		v := f.value
		for c, w := range row {
			p[c] += w * v
		}
	}
}

// softmax makes shares of one of scores.
func softmax(p []float32) {
	most := p[0]
	for _, v := range p {
		most = max(most, v)
	}
	var sum float32
	for i, v := range p {
		v = float32(math.Exp(float64(v - most)))
		p[i] = v
		sum += v
	}
	for i := range p {
		p[i] /= sum
	}
}

// shuffled is an order that is always the same for a count (a full-period linear congruence over the next power of two).
func shuffled(n int) []int {
	size := 1
	for size < n {
		size *= 2
	}
	order := make([]int, 0, n)
	for i, x := 0, 7; i < size; i++ {
		x = (x*5 + 12345*2 + 1) & (size - 1)
		if x < n {
			order = append(order, x)
		}
	}
	return order
}
