package answers

import (
	"slices"
	"strings"
	"unicode"

	"github.com/qafila/qafila/internal/locale"
)

// When a question is taken as understood, and when a guess is worth showing. Set on the ways of asking and the odd lines of the
// development set so that three questions in a hundred, at most, are answered surely and wrongly.
const (
	sureFrom       = 0.72
	guessFrom      = 0.12
	outsideFrom    = 0.5      // how likely it must be that a question is not the bot's business
	plainlyOutside = 0.9      // the same, when every word of it is one that questions to the bot have
	doubt          = 0.4      // how much of the surety words take that nobody has used before, when all words are such
	longestRead    = 4 * 4096 // bytes: Telegram's longest message is 4,096 characters
	storyFrom      = 60       // words: what is that long is never answered without asking
	townIsAsked    = 0.95     // a town alone
)

// LeastOffered is how likely an entry must be to be offered: a button that can hardly be meant is noise.
const LeastOffered = 0.03

// The entries that Ask knows by name.
const (
	greeting = "meta.greeting"
	thanks   = "meta.thanks"
	byCity   = "next_stop.by_city"
)

// Ask tells what the question means. It answers every text: without words in it, or with nothing but numbers, it is not understood.
func (ix *Index) Ask(text string) Result {
	if len(text) > longestRead {
		text = strings.ToValidUTF8(text[:longestRead], "")
	}
	r := ix.lexicon.readQuestion(text, ix.known)
	if _, number := locale.MaskIdentity(text); len(r.words) == 0 || !slices.ContainsFunc(r.words, hasLetters) || number && len(r.words) < 3 {
		return ix.wordless(text)
	}
	if result, ok := ix.town(r); ok {
		return result
	}
	if id, ok := ix.answers.Find(text); ok {
		return ix.exactly(id, ix.likelihoods(r))
	}
	whole := ix.judge(r)
	if several, ok := ix.several(text, whole); ok {
		return several
	}
	return whole
}

// judge weighs one reading.
func (ix *Index) judge(r reading) Result {
	ranked := ix.ranked(ix.likelihoods(r), mostCandidates+1)
	out := Result{Decision: Choose, ID: ranked[0].ID, Score: ranked[0].Score * (1 - doubt*r.strangeness()), Candidates: ranked[:min(len(ranked), mostCandidates)]}
	switch {
	case out.ID == OutOfScope:
		from := outsideFrom
		if r.unknown == 0 && !ix.lexicon.outside(r) { // "prix" alone is about something of ours as likely as not
			from = plainlyOutside
		}
		if out.Score >= from || len(ranked) < 2 {
			out.Decision = Unknown
		}
	case out.Score >= sureFrom && len(r.words) < storyFrom:
		out.Decision = Answer
	case out.Score < guessFrom:
		out.Decision = Unknown
	}
	if out.Decision != Choose {
		return out
	}
	choice := out
	if choice.offer(ranked); choice.Score < LeastOffered {
		out.Decision = Unknown // nothing that it may mean
		return out
	}
	return choice
}

// offer leaves what can't be chosen out of a choice: nobody presses "not your business". What is likeliest among the rest stands first.
func (r *Result) offer(ranked []Candidate) {
	worth := slices.DeleteFunc(slices.Clone(ranked), func(c Candidate) bool { return c.ID == OutOfScope })
	r.Candidates = worth[:min(len(worth), mostCandidates)]
	if r.ID != r.Candidates[0].ID {
		r.ID, r.Score = r.Candidates[0].ID, r.Candidates[0].Score
	}
}

// strangeness is the share of words of substance that mean nothing to the lexicon.
func (r reading) strangeness() float64 {
	n := 0
	for _, w := range r.words {
		if !w.idle && !single(w.text) {
			n++
		}
	}
	if n == 0 {
		return 0
	}
	return float64(r.unknown) / float64(n)
}

// exactly is the result for words that are a way of asking as they stand.
func (ix *Index) exactly(id string, p []float32) Result {
	out := Result{Decision: Answer, ID: id, Score: 1, Candidates: []Candidate{{id, 1}}}
	if id == OutOfScope {
		out.Decision = Unknown
	}
	for _, c := range ix.ranked(p, mostCandidates) {
		if c.ID != id && len(out.Candidates) < mostCandidates {
			out.Candidates = append(out.Candidates, c)
		}
	}
	return out
}

// town reads the name of a town alone as a question about stops there. Safi is also "enough".
func (ix *Index) town(r reading) (Result, bool) {
	if _, ok := ix.class[byCity]; !ok {
		return Result{}, false
	}
	var name *word
	for i, w := range r.words {
		if w.idle || idle(w.text) || single(w.text) {
			continue
		}
		if name != nil {
			return Result{}, false
		}
		name = &r.words[i]
	}
	if name == nil || !ix.lexicon.isTown(*name) {
		return Result{}, false
	}
	out := Result{Decision: Answer, ID: byCity, Score: townIsAsked, Candidates: []Candidate{{byCity, townIsAsked}}}
	if _, ok := ix.class[thanks]; ok && ix.lexicon.means(*name, enoughConcept) {
		out.Decision, out.Score = Choose, 0.5
		out.Candidates = []Candidate{{byCity, 0.5}, {thanks, 0.5}}
	}
	return out, true
}

// several offers a choice when a text asks two or three sure and different things.
func (ix *Index) several(text string, whole Result) (Result, bool) {
	parts := strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune("?؟!;؛\n", r) })
	if len(parts) < 2 || len(parts) > 12 {
		return Result{}, false
	}
	var found []Candidate
	for _, part := range parts {
		r := ix.lexicon.readQuestion(part, ix.known)
		if len(r.words) == 0 {
			continue
		}
		one := ix.judge(r)
		courtesy := one.ID == greeting || one.ID == thanks
		if one.Decision != Answer || courtesy || slices.ContainsFunc(found, func(c Candidate) bool { return c.ID == one.ID }) {
			continue
		}
		found = append(found, Candidate{one.ID, one.Score})
	}
	if len(found) < 2 {
		return Result{}, false
	}
	out := Result{Decision: Choose, ID: found[0].ID, Score: found[0].Score, Candidates: found[:min(len(found), mostCandidates)]}
	if i := slices.IndexFunc(found, func(c Candidate) bool { return c.ID == whole.ID }); i > 0 && i < len(out.Candidates) {
		out.ID, out.Score = whole.ID, found[i].Score
		out.Candidates[0], out.Candidates[i] = out.Candidates[i], out.Candidates[0]
	}
	return out, true
}

// wordless reads what has no words: a thumb or a heart is a thank-you, a waving hand a greeting, the rest nothing that is known.
func (ix *Index) wordless(text string) Result {
	id := OutOfScope
	switch {
	case strings.ContainsAny(text, "👍🙏❤🤲👏🌹💐"):
		id = thanks
	case strings.ContainsAny(text, "👋🤝"):
		id = greeting
	}
	if _, ok := ix.class[id]; !ok || id == OutOfScope || strings.ContainsFunc(text, unicode.IsDigit) {
		return Result{Decision: Unknown, ID: OutOfScope}
	}
	return Result{Decision: Answer, ID: id, Score: 1, Candidates: []Candidate{{id, 1}}}
}

func hasLetters(w word) bool { return strings.ContainsFunc(w.text, unicode.IsLetter) }
