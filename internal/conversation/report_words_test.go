package conversation

import (
	"testing"

	"github.com/qafila/qafila/internal/locale"
	"github.com/qafila/qafila/internal/report"
)

func TestReportsAreToldInTheHousesWords(t *testing.T) {
	f, err := shipped()
	if err != nil {
		t.Fatal(err)
	}
	var w report.Words = ReportWords{&House{Texts: f.texts, Directory: f.directory}}
	for got, want := range map[string]string{
		w.Text(locale.French, "report.under", map[string]any{"least": 5}): "<\u00a05",
		w.Place(locale.Arabic, "fes"):                                     "فاس",
		w.Region(locale.French, "03"):                                     "Fès-Meknès",
		w.Region(locale.French, "99"):                                     "99",
		w.Trade(locale.French, "T01"):                                     "Potier-céramiste",
		w.Trade(locale.French, "other:Luthier"):                           "Luthier",
		w.Branch(locale.French, "bois"):                                   "Bois",
		w.Theme(locale.Darija, "marketing", nil):                          "🛍️ البيع",
		w.Theme(locale.French, "marketing", map[string]string{"fr": "🛒"}): "🛒",
		w.Theme(locale.French, "own_1", map[string]string{"ar": "نقل"}):   "نقل",
	} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
