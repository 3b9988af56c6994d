package answers

import "math"

// A feature is the hash of something seen in a question. Two that share one would only blur each other.
type feature uint64

// What a feature stands for.
const (
	ofConcept    = iota + 1
	ofStem       // of a word
	ofSound      // its consonants
	ofSounds     // three of them, or its edge: what is left alike when a word is misspelt
	ofConcepts   // two concepts anywhere in the question
	ofNeighbours // two words side by side
)

// How much each kind weighs beside the others, before the question as a whole is brought to length one.
const (
	weighConcept    = 0.9
	weighConcepts   = 0.45 // two concepts of one question
	weighStem       = 0.35
	weighIdle       = 0.15
	weighSound      = 0.2
	weighSounds     = 0.25
	weighNeighbours = 0.35
)

// mostPaired is how many concepts of a text are paired with each other.
const mostPaired = 12

// shown is a feature and how much of it a question has.
type shown struct {
	feature
	value float32
}

func hash(kind uint64, parts ...string) feature {
	h := uint64(14695981039346656037) ^ kind
	for _, p := range parts {
		for i := range len(p) {
			h = (h ^ uint64(p[i])) * 1099511628211
		}
		h = (h ^ 0xFF) * 1099511628211
	}
	return feature(h)
}

func hashPair(kind uint64, a, b uint16) feature {
	if a > b {
		a, b = b, a
	}
	h := (uint64(14695981039346656037) ^ kind) * 1099511628211
	h = (h ^ uint64(a)) * 1099511628211
	h = (h ^ uint64(b) ^ 0x5555) * 1099511628211
	return feature(h)
}

// features are what a reading shows, as a vector of length one, each feature once.
func (lx *Lexicon) features(r reading, out []shown) []shown {
	out = out[:0]
	put := func(f feature, v float32) {
		for i := range out {
			if out[i].feature == f {
				out[i].value = max(out[i].value, v)
				return
			}
		}
		out = append(out, shown{f, v})
	}
	var concepts [mostPaired]uint16
	var surety [mostPaired]float32
	paired := 0
	for _, w := range r.words {
		for _, c := range w.concepts {
			put(hashPair(ofConcept, c, c), weighConcept*w.surety)
			if paired < mostPaired {
				concepts[paired], surety[paired] = c, w.surety
				paired++
			}
		}
	}
	for i := range paired {
		for j := range i {
			if concepts[i] != concepts[j] {
				put(hashPair(ofConcepts, concepts[i], concepts[j]), weighConcepts*min(surety[i], surety[j]))
			}
		}
	}
	last := ""
	for _, w := range r.words {
		if single(w.text) {
			continue
		}
		if w.idle {
			put(hash(ofStem, w.text), weighIdle)
			continue
		}
		put(hash(ofStem, w.stem), weighStem)
		s := w.sound
		if s == "" {
			last = w.stem
			continue
		}
		if len(s) >= 2 {
			put(hash(ofSound, s), weighSound)
		}
		if len(s) >= 3 {
			edged := "^" + s + "$"
			for i := 0; i+3 <= len(edged); i++ {
				put(hash(ofSounds, edged[i:i+3]), weighSounds)
			}
		}
		if last != "" {
			put(hash(ofNeighbours, last, s), weighNeighbours)
		}
		last = s
	}
	var sum float64
	for _, s := range out {
		sum += float64(s.value) * float64(s.value)
	}
	if sum > 0 {
		scale := float32(1 / math.Sqrt(sum))
		for i := range out {
			out[i].value *= scale
		}
	}
	return out
}
