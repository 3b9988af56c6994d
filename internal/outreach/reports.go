package outreach

import (
	"context"
	"fmt"
	"html"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/qafila/qafila/internal/conversation"
	"github.com/qafila/qafila/internal/feedback"
	"github.com/qafila/qafila/internal/flow"
	"github.com/qafila/qafila/internal/locale"
	"github.com/qafila/qafila/internal/report"
)

// Reports makes the reports and files that were asked for, by the staff or by the calendar, one after the other, and has them sent as they are
// ready. What fails is tried again later; the others go on. Call it every few seconds: with nothing to do it costs some looks at a few rows.
// Several processes share the work.
func (o *Outreach) Reports(ctx context.Context, now func() time.Time, send func([]conversation.Delivery)) error {
	if err := o.wantReports(ctx, now()); err != nil {
		return err
	}
	var wrong error
	keep := func(err error) {
		if wrong == nil {
			wrong = err
		}
	}
	for ctx.Err() == nil {
		k, ok, err := report.Take(ctx, o.Pool, now())
		if err != nil || !ok {
			keep(err)
			break
		}
		keep(o.compile(ctx, k, now, send))
	}
	said, err := o.tellReports(ctx, now())
	keep(err)
	send(said)
	for ctx.Err() == nil {
		f, ok, err := report.TakeFile(ctx, o.Pool, now())
		if err != nil || !ok {
			keep(err)
			break
		}
		said, err := o.bring(ctx, f)
		keep(err)
		send(said)
	}
	return wrong
}

// showEvery is how often the message of who waits for a report is brought up to date.
const showEvery = 2 * time.Second

// compile makes one report and keeps it, telling how far it is where that takes a while.
func (o *Outreach) compile(ctx context.Context, k report.Kept, now func() time.Time, send func([]conversation.Delivery)) error {
	who := report.Reader{All: k.Scope.Region == "", Region: k.Scope.Region}
	shown := now()
	step := func(percent int) {
		if k.Panel == 0 || now().Sub(shown) < showEvery {
			return
		}
		shown = now()
		said, err := o.showProgress(ctx, k, percent)
		if err == nil { // else it is shown a little later, or not
			send(said)
		}
	}
	var made report.Report
	var ok bool
	err := pgx.BeginTxFunc(ctx, o.Pool, report.Snapshot, func(tx pgx.Tx) (err error) {
		made, ok, err = o.Compiler.Compile(ctx, tx, who, k.Scope, now(), step)
		return err
	})
	if err != nil {
		err = fmt.Errorf("make report %d: %w", k.ID, err)
	}
	if err != nil || !ok {
		if up := k.GiveUp(context.WithoutCancel(ctx), o.Pool, err == nil); err == nil {
			err = up
		}
		return err
	}
	return k.Keep(ctx, o.Pool, made, now())
}

// showProgress edits the message of who asked.
func (o *Outreach) showProgress(ctx context.Context, k report.Kept, percent int) (out []conversation.Delivery, err error) {
	err = pgx.BeginFunc(ctx, o.Pool, func(tx pgx.Tx) error {
		if err := k.Done(ctx, tx, percent); err != nil {
			return err
		}
		readers, err := feedback.Readers(ctx, tx)
		if err != nil {
			return err
		}
		for _, r := range readers {
			if r.Staff == k.Staff {
				m := o.Word(languageOf(k.Language), conversation.Note{Text: "reports.progress", Params: map[string]any{"bar": bar(Counts{Total: 100, Sent: percent})}})
				m.Replace = k.Panel
				out, err = o.reply(ctx, tx, out, r.Chat, m)
			}
		}
		return err
	})
	return out, err
}

// tellReports brings reports to those whom they are for: who asked, or, of the calendar's, the organisers or the agents of the region.
func (o *Outreach) tellReports(ctx context.Context, now time.Time) (out []conversation.Delivery, err error) {
	err = pgx.BeginFunc(ctx, o.Pool, func(tx pgx.Tx) error {
		list, err := report.Untold(ctx, tx, !o.Quiet.At(now), 20)
		if err != nil || len(list) == 0 {
			return err
		}
		readers, err := feedback.Readers(ctx, tx)
		if err != nil {
			return err
		}
		for _, k := range list {
			said := map[locale.Language]conversation.Message{}
			for _, r := range readers {
				asked := k.Staff == r.Staff
				if !asked && (k.Staff != 0 || r.Agent != (k.Scope.Region != "")) || !readerOf(r).Has(k) {
					continue
				}
				lang := languageOf(r.Language)
				if asked && k.Panel != 0 {
					m := o.Word(lang, conversation.Note{Text: "reports." + k.State, Doors: []flow.Choice{{Text: "reports.other", Door: "/reports"}}})
					m.Replace = k.Panel
					if out, err = o.reply(ctx, tx, out, r.Chat, m); err != nil {
						return err
					}
				}
				if k.State != report.Ready {
					if asked && k.Panel == 0 {
						out, err = o.reply(ctx, tx, out, r.Chat, o.Word(lang, conversation.Note{Text: "reports.failed"}))
					}
				} else {
					if _, worded := said[lang]; !worded {
						if said[lang], err = o.reportMessage(lang, k); err != nil {
							return err
						}
					}
					out, err = o.reply(ctx, tx, out, r.Chat, said[lang])
				}
				if err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("bring reports: %w", err)
	}
	return out, nil
}

func readerOf(r feedback.Reader) report.Reader {
	if r.Agent {
		return report.Reader{Region: r.Region}
	}
	return report.Reader{All: true}
}

// reportMessage is a report in the chat: one picture, five lines, and its files to be had. Of days on which nothing happened it is two lines.
func (o *Outreach) reportMessage(lang locale.Language, k report.Kept) (conversation.Message, error) {
	lines := report.Lines(k.Report, o.ReportWords, lang)
	for i, l := range lines {
		lines[i] = html.EscapeString(l)
	}
	if k.Report.Empty() {
		return conversation.Message{Text: lines[0] + "\n" + o.Texts.Text(lang, "reports.nothing", nil)}, nil
	}
	door := func(form string) flow.Choice {
		return flow.Choice{Text: "reports." + form, Door: fmt.Sprintf("/report_file %d.%s", k.ID, form)}
	}
	m := o.Word(lang, conversation.Note{Text: "reports.ready", Beside: 2,
		Doors: []flow.Choice{door(report.PDFFrench), door(report.PDFArabic), door(report.Workbook), door(report.Table)}})
	m.Text = strings.Join(lines, "\n")
	picture, err := report.Picture(&o.press, k.Report, o.ReportWords, lang)
	if err != nil {
		return m, err
	}
	m.Attach = &conversation.Attachment{Kind: "photo", Name: report.FileName(k.Scope, ".png"), MIME: "image/png", Data: picture}
	return m, nil
}
