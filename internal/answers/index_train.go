package answers

import "math"

// A lesson is one known question.
type lesson struct {
	class  int
	seen   []trait
	weight float32
}

// A trait is a feature of a question that the index has met: its row of weights, and how much of it there is.
type trait struct {
	row   int32
	value float32
}

// weights are a multinomial logistic regression: how much each feature speaks for each class, row by row.
type weights struct {
	classes int
	w       []float32
	bias    []float32
}

// How the regression is taught: found by cross-validation over the ways of asking, and flat around these. Few rounds and small steps are
// what keeps it from learning the examples by heart.
const (
	rounds      = 6
	fullRounds  = 2 // rounds over all classes; later ones look only at the classes that a lesson could still be mistaken for
	firstStep   = 0.4
	lastStep    = 0.3
	biasStep    = 0.1
	sharpness   = 2.5   // features have length one; without it weights would have to grow large to be sure
	tooSmall    = 0.004 // gradients below change nothing that anybody sees
	conceivable = 0.002 // a share of probability that makes a class worth looking at again
)

// teach fits the weights to the lessons, always in the same order, so that the same knowledge gives the same index.
func teach(classes, rows int, lessons []lesson) *weights {
	m := &weights{classes: classes, w: make([]float32, rows*classes), bias: make([]float32, classes)}
	order := shuffled(len(lessons))
	rivals := make([][]int32, len(lessons))
	every := make([]int32, classes)
	for c := range every {
		every[c] = int32(c)
	}
	p := make([]float32, classes)
	for round := range rounds {
		step := float32(firstStep * math.Pow(lastStep/firstStep, float64(round)/(rounds-1)))
		for _, i := range order {
			l := &lessons[i]
			if round < fullRounds {
				m.scores(l.seen, p)
				softmax(p)
				if round == fullRounds-1 {
					rivals[i] = likely(p, l.class)
				}
				m.step(l, every, p, step)
				continue
			}
			few := p[:len(rivals[i])]
			m.scoresOf(l.seen, rivals[i], few)
			softmax(few)
			m.step(l, rivals[i], few, step)
		}
	}
	return m
}

// likely are the classes worth looking at again, and the lesson's own.
func likely(p []float32, own int) []int32 {
	var list []int32
	for c, v := range p {
		if v >= conceivable || c == own {
			list = append(list, int32(c))
		}
	}
	return list
}

// step moves the weights of the given classes, whose probabilities are p, towards the lesson. p is spent.
func (m *weights) step(l *lesson, classes []int32, p []float32, size float32) {
	moved, pull := make([]int32, 0, 32), p[:0]
	for k, c := range classes {
		g := p[k]
		if int(c) == l.class {
			g--
		}
		if g < tooSmall && g > -tooSmall {
			continue
		}
		g *= size * l.weight
		m.bias[c] -= g * biasStep
		moved, pull = append(moved, c), append(pull, g)
	}
	for _, t := range l.seen {
		row := m.w[int(t.row)*m.classes:][:m.classes]
		for k, c := range moved {
			row[c] -= pull[k] * t.value
		}
	}
}

// scores fills p with how much the traits speak for each class.
func (m *weights) scores(seen []trait, p []float32) {
	copy(p, m.bias)
	for _, t := range seen {
		row := m.w[int(t.row)*m.classes:][:len(p)]
		for c, w := range row {
			p[c] += w * t.value
		}
	}
}

// scoresOf does so for some classes.
func (m *weights) scoresOf(seen []trait, classes []int32, p []float32) {
	for k, c := range classes {
		p[k] = m.bias[c]
	}
	for _, t := range seen {
		row := m.w[int(t.row)*m.classes:][:m.classes]
		for k, c := range classes {
			p[k] += row[c] * t.value
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
		if v -= most; v < -16 { // nothing beside the largest
			p[i] = 0
			continue
		}
		v = float32(math.Exp(float64(v)))
		p[i] = v
		sum += v
	}
	for i := range p {
		p[i] /= sum
	}
}

// shuffled is an order that is always the same for a count: a linear congruence that goes through the next power of two.
func shuffled(n int) []int {
	size := 1
	for size < n {
		size *= 2
	}
	order := make([]int, 0, n)
	for x, i := 7, 0; i < size; i++ {
		x = (x*5 + 24691) & (size - 1)
		if x < n {
			order = append(order, x)
		}
	}
	return order
}
