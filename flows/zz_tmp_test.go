package flows

import (
	"os"
	"strings"
	"testing"

	"github.com/qafila/qafila/internal/flow"
	"github.com/qafila/qafila/internal/locale"
)

type textsOf struct{ *locale.Texts }

func (t textsOf) Languages() []string               { return []string{"fr", "ar", "ary"} }
func (t textsOf) Text(lang, id string) string     { return t.Longest(locale.Language(lang), id) }
func (t textsOf) Has(lang, id string) bool        { return t.Texts.Has(locale.Language(lang), id) }
func (t textsOf) Params(lang, id string) []string { return t.Texts.Params(locale.Language(lang), id) }
func (t textsOf) Forms(lang, id string) []string  { return t.Texts.Forms(locale.Language(lang), id) }
func (t textsOf) RequiredForms(lang string) []string {
	return locale.RequiredForms(locale.Language(lang))
}
func (t textsOf) At(lang, id string) (string, int) { return t.Texts.At(locale.Language(lang), id) }

func types(s string) map[string]string {
	m := map[string]string{}
	for _, f := range strings.Fields(s) {
		n, t, ok := strings.Cut(f, ":")
		if !ok {
			t = "text"
		}
		m[n] = t
	}
	return m
}
func sig(name, args, outs, sets string) flow.Signature {
	return flow.Signature{Name: name, Args: types(args), Outcomes: strings.Fields(outs), Sets: types(sets), Longest: map[string]int{"body": 1500, "summary": 800, "words": 2000, "who": 200, "source": 200}}
}

func load(t *testing.T) (*flow.Book, *locale.Texts) {
	texts, err := locale.Load(os.DirFS("../locales"), []locale.Language{"fr", "ar", "ary"})
	if err != nil {
		t.Fatal(err)
	}
	o := flow.Signatures{Actions: []flow.Signature{
		sig("language.set", "language", "ok", ""), sig("stops.any", "", "some none", ""), sig("stops.next", "", "found none", "stop"),
		sig("stops.near", "lat lon", "found outside none", "stop distance"), sig("stops.at", "place", "here nearest none", "stop distance town"),
		sig("stops.region", "region", "found elsewhere none", "stop"),
		sig("stops.card", "stop", "ahead past gone", "town when day hours venue sample:bool places full:bool has_programme:bool has_partners:bool partners"),
		sig("stops.watch", "region", "on already", ""), sig("stops.remind", "stop", "on already past", ""),
		sig("registration.profile", "", "known new", "name trade place phone card rna topics:list trade_name town"),
		sig("registration.mine", "stop", "none confirmed waitlisted", "reference count:number"),
		sig("registration.create", "stop self:bool name trade place phone card rna topics:list", "confirmed waitlisted already past gone", "reference position:number summary"),
		sig("registration.load", "reference", "found gone", "stop name trade_name town when hours venue state state_words self:bool summary sample:bool past:bool"),
		sig("registration.cancel", "reference", "cancelled gone", ""),
		sig("people.consent", "purpose", "given needed closed", "controller declaration days:number"), sig("people.agree", "purpose yes:bool", "ok", ""),
		sig("people.data", "", "some none", "name trade_name town phone registrations:number recommendations:number language_name messages_on:bool"),
		sig("people.save", "field value", "ok", ""), sig("people.messages", "on:bool", "ok", ""), sig("people.erase", "", "ok", ""),
		sig("trade.words", "trade", "ok", "trade_name"), sig("place.words", "place", "ok", "town"), sig("topics.words", "topics:list", "ok", "topics_names"),
		sig("place.find", "words", "found none", "place"),
		sig("answers.show", "id", "known unconfirmed gone", "title body source checked who"), sig("answers.find", "words", "found none", "id"),
		sig("recommend.send", "theme kind words file seconds:number named:bool", "ok slow", "reference"),
		sig("recommend.load", "reference", "found gone", "theme_name state_words when words"),
	}, Lists: []flow.Signature{sig("languages", "", "", ""), sig("places", "", "", ""), sig("regions", "", "", ""), sig("places_in", "region", "", ""), sig("branches", "", "", ""),
		sig("trades", "branch", "", ""), sig("topics", "", "", ""), sig("stops", "region", "", ""), sig("programme", "stop", "", ""), sig("registrations", "", "", ""),
		sig("themes", "", "", ""), sig("recommendations", "", "", ""), sig("answer_topics", "", "", ""), sig("answers", "topic", "", "")},
		Attachments: []flow.Signature{sig("ticket", "", "", ""), sig("pin", "", "", ""), sig("calendar", "", "", ""), sig("export", "", "", "")}}
	book, ps := flow.Load(os.DirFS("."), textsOf{texts}, o, flow.Understanding{Fold: locale.Fold, Number: locale.Number, Phone: phone}, flow.Options{Menu: "menu", Language: "language",
		Used: []string{"command.*", "bot.*", "turn.failed", "edit.ignored", "group.only_private", "identity.masked", "keyboard.done", "theme.*", "registration.state_*", "recommendation.state_*", "notice.*", "door.*", "summary.*", "stops.places", "calendar.*", "count.*"}})
	for _, p := range ps {
		t.Errorf("%s:%d: %v %s (%s)", p.File, p.Line, p.Warning, p.What, p.Hint)
	}
	return book, texts
}
