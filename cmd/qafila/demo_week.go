package main

import (
	"context"
	"crypto/rand"
	_ "embed"
	"encoding/csv"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/qafila/qafila/internal/answers"
	"github.com/qafila/qafila/internal/caravan"
	"github.com/qafila/qafila/internal/directory"
	"github.com/qafila/qafila/internal/feedback"
	"github.com/qafila/qafila/internal/locale"
)

// demoWeek is what people say in the demonstration's week. It is invented, and says so at the end of each.
//
//go:embed demo_week.tsv
var demoWeek string

// sampleMark ends what is invented, so that nobody takes it for somebody's.
var sampleMark = map[string]string{"fr": " (exemple)", "ar": " (مثال)", "ary": " (مثال)"}

// weekChats is where the chats of the week's people begin. They have no phone: what the bot says to them goes nowhere.
const weekChats = 7_200_000_000

// sampleGuests are how many of the sample stop's people have a place, come, and say how it was.
const sampleGuests, sampleCame = 46, 38

// sampleScores are what those say of the stop who say something.
var sampleScores = []int{5, 4, 5, 3, 5, 4, 4, 5, 2, 4, 5, 5, 3, 4, 5, 4}

// sampleRemarks are what the first of them say beside it, by language.
var sampleRemarks = []struct{ language, words string }{
	{"fr", "Tout était bien expliqué, merci."},
	{"ary", "اللقاء كان مزيان، ولكن الوقت كان قصير."},
	{"ar", "الشرح واضح، ونرجو محطة أخرى قريبا."},
	{"fr", "On a attendu longtemps à l'entrée."},
}

// spendAWeek puts a week behind the demonstration: a stop that was three days ago, who came, how they found it, and what artisans of the
// whole country recommend and ask.
func spendAWeek(ctx context.Context, pool *pgxpool.Pool, now time.Time) error {
	day := now.In(locale.Zone())
	at := func(daysAgo, hour, minute int) time.Time {
		return time.Date(day.Year(), day.Month(), day.Day()-daysAgo, hour, minute, 0, 0, locale.Zone())
	}
	stop := caravan.Stop{ID: "demo-sefrou", Place: "sefrou", Region: "03", VenueFR: "Salle communale (exemple)", VenueAR: "القاعة الجماعية (مثال)",
		Lat: 33.8305, Lon: -4.8353, Starts: at(3, 10, 0), Ends: at(3, 13, 0), State: caravan.Published, Sample: true}
	if _, err := caravan.Save(ctx, pool, []caravan.Stop{stop}, at(10, 9, 0)); err != nil {
		return fmt.Errorf("hold the demonstration's past stop: %w", err)
	}
	voices, err := readWeek()
	if err != nil {
		return err
	}
	return pgx.BeginFunc(ctx, pool, func(tx pgx.Tx) error {
		if err := holdStop(ctx, tx, stop, voices); err != nil {
			return err
		}
		for i, v := range voices {
			said := feedback.Recommendation{Chat: weekChats + int64(i), Theme: v.theme, Kind: feedback.Text, Words: v.words, Region: v.region,
				Trade: v.trade.ID, Branch: v.trade.Branch, Language: v.language}
			if v.afterStop {
				said.Stop = stop.ID
			}
			// From three in the night on: whenever the demonstration begins, today's have been said.
			when := at(v.daysAgo, 0, 5+i)
			if _, _, err := feedback.Recommend(ctx, tx, said, when, rand.Reader); err != nil {
				return err
			}
		}
		for range 6 {
			for language, words := range map[locale.Language]string{
				locale.French: "est-ce que la caravane prête du matériel ?", locale.Darija: "واش كاين شي تعويض على التنقل للمحطة؟"} {
				asked := answers.Asked{Language: language, Words: words, Decision: string(answers.Unknown)}
				if err := answers.Note(ctx, tx, asked, at(1, 12, 0)); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// holdStop registers people at a stop that is over, lets most of them in, and has some say how it was.
func holdStop(ctx context.Context, tx pgx.Tx, stop caravan.Stop, voices []voice) error {
	for i := range sampleGuests {
		of := voices[i%len(voices)]
		guest := caravan.Registration{Stop: stop, Chat: weekChats + int64(i), Self: true, Name: "Exemple " + strconv.Itoa(i+1),
			NameKey: "exemple " + strconv.Itoa(i+1), Trade: of.trade.ID, Place: []string{"sefrou", "sefrou", "fes"}[i%3],
			Card: []string{"yes", "no", "no", "unsure"}[i%4], RNA: []string{"no", "yes", "no"}[i%3]}
		placed, err := caravan.Register(ctx, tx, guest, stop.Starts.Add(-time.Duration(i+1)*time.Hour), rand.Reader)
		if err != nil {
			return err
		}
		if i >= sampleCame {
			continue
		}
		if _, err := caravan.Admit(ctx, tx, placed.Reference, stop.ID, false, stop.Starts.Add(time.Duration(i)*time.Minute)); err != nil {
			return err
		}
		if i < len(sampleScores) {
			language := of.language
			if i < len(sampleRemarks) {
				language = sampleRemarks[i].language
			}
			if err := feedback.Rate(ctx, tx, guest.Chat, stop.ID, sampleScores[i], language, stop.Ends.AddDate(0, 0, 1)); err != nil {
				return err
			}
			if i < len(sampleRemarks) {
				said := feedback.Rating{Stop: stop.ID, Words: sampleRemarks[i].words + sampleMark[language]}
				if _, err := feedback.Explain(ctx, tx, guest.Chat, said, stop.Ends.AddDate(0, 0, 1)); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// A voice is one line of the week.
type voice struct {
	daysAgo   int
	afterStop bool
	region    string
	trade     directory.Trade
	theme     string
	language  string
	words     string
}

func readWeek() ([]voice, error) {
	r := csv.NewReader(strings.NewReader(demoWeek))
	r.Comma, r.LazyQuotes = '\t', true
	rows, err := r.ReadAll()
	if err != nil {
		return nil, fmt.Errorf("read the demonstration's week: %w", err)
	}
	var list []voice
	for i, row := range rows[1:] {
		days, err := strconv.Atoi(row[0])
		trade, known := directory.Default().Trade(row[3])
		if err != nil || !known {
			return nil, fmt.Errorf("read the demonstration's week: line %d: a number of days and a trade were expected", i+2)
		}
		list = append(list, voice{days, row[1] == "1", row[2], trade, row[4], row[5], row[6] + sampleMark[row[5]]})
	}
	return list, nil
}
