package directory

import (
	"strings"

	"github.com/qafila/qafila/internal/locale"
)

// vocabulary is what a finder knows of the words around a name.
type vocabulary struct {
	// stop are words that say nothing by themselves and are taken off both ends.
	stop map[string]bool
	// weak are names that are also everyday words. Inside a sentence they count little, unless a word of before stands right before them.
	weak   map[string]bool
	before map[string]bool
}

var placeWords = vocabulary{
	stop: set(`je suis j jsuis habite jhabite vis viens travaille dans chez pres cote a au aux en de d du des la le les l el al ville medina
		province prefecture region centre vers depuis pour mon ma moi nous sommes c cest est
		ana ena hna 7na mn men min f fi b bi l9rib 9rib 7da hda saken sakna sakn kanskn kanskon nskn kayn jay jaya dyal dial d mdina lmdina
		mdint medint i9lim 3amala jiha ghir wlad wld bent bnt had
		انا حنا نحن من في ف ب مدينه المدينه اقليم عماله جهه ساكن ساكنه اسكن كنسكن نسكن كاين جاي جايه ديال د حدا قريب قرب عند ولد بنت ضواحي`),
	weak: set(`safi sale sla tata taza assa asa casa kech fas fass fes dakhla ddakhla ljadida jadida smara kelaa l9al3a lqsar lhajeb l7ajb sfro
		الجديده العيون لعيون الداخله القلعه الحاجب القصر البيضا المضيق بركان طاطا تاتا سلا اسا السماره رباط`),
	before: set(`a au en de d du entre et ou wla ola ville medina province vers depuis mn men min f fi b saken sakna kanskn mdint medint wld bent 7da hda
		من في ف ب و بين بمدينه مدينه اقليم ساكن ساكنه كنسكن نسكن جهه حدا ولد بنت`),
}

var tradeWords = vocabulary{
	stop: set(`je suis j jsuis fais travaille fabrique fabricant fabricante artisan artisane maitre maalem maallem mon ma metier est cest moi
		dans de d du des la le les l en un une sur comme
		ana ena kandir kansn3 kansna3 nkhdm nkhdem khdam khddam khdama kankhdm kankhdem f fi dial dyal d b m3allem m3elem m3lem lm3alem
		lm3allem hrfti 7rfti sn3ti san3a sn3a 7irfa hirfa sani3 had
		انا كندير كنصنع نخدم خدام خدامه كنخدم في ف ديال د ب معلم المعلم معلمه صانع صانعه حرفتي حرفه صنعتي صنعه مهنتي مهنه اعمل`),
	weak: set(`or oud argent verre pierre cuir froid motor motos portable huile cuivre salon staff natte selle dheb fda fidda jld jeld marbre
		الجلد الحرير الذهب الخط البنا الحجر الفضه الهواتف الكهربا`),
	before: set(`dans la le les en sur f fi dial dyal في ف ديال د صانع صانعه maalem m3allem معلم fais travaille kandir khdam خدام`),
}

var regionWords = vocabulary{
	stop: set(`region la le l de du des d jiha جهه الجهه je suis a en f fi mn men ana dans في ف من انا`),
	weak: set(`nord 1 2 3 4 5 6 7 8 9 10 11 12`),
}

func set(words string) map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(words) {
		m[locale.Fold(w)] = true
	}
	return m
}
