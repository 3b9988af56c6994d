package conversation

import (
	"github.com/qafila/qafila/internal/feedback"
	"github.com/qafila/qafila/internal/locale"
)

// ReportWords are what reports are told in (report.Words), in this house's words.
type ReportWords struct{ House *House }

// Text is one of the texts report.*, with its parameters as they are.
func (w ReportWords) Text(lang locale.Language, id string, params map[string]any) string {
	return w.House.Texts.Text(lang, id, params)
}

// Place is a town's name.
func (w ReportWords) Place(lang locale.Language, slug string) string {
	return w.House.placeWords(lang, slug)
}

// Region is a region's name.
func (w ReportWords) Region(lang locale.Language, code string) string {
	if r, ok := w.House.Directory.Region(code); ok {
		return r.Name(lang)
	}
	return code
}

// Trade is a trade's name.
func (w ReportWords) Trade(lang locale.Language, id string) string {
	return w.House.tradeWords(lang, id)
}

// Branch is the name of trades of one kind.
func (w ReportWords) Branch(lang locale.Language, id string) string {
	return w.House.tradeWords(lang, id)
}

// Theme is a theme's name: one that staff gave it, or its own.
func (w ReportWords) Theme(lang locale.Language, id string, names map[string]string) string {
	return ThemeName(w.House.Texts, []feedback.Theme{{ID: id, Names: names}}, lang, id)
}
