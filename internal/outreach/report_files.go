package outreach

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"html"
	"io"
	"slices"

	"github.com/jackc/pgx/v5"

	"github.com/qafila/qafila/internal/conversation"
	"github.com/qafila/qafila/internal/feedback"
	"github.com/qafila/qafila/internal/locale"
	"github.com/qafila/qafila/internal/report"
)

// bring makes one file for who asked for it. Who has lost the role, or gone to another region, gets nothing.
func (o *Outreach) bring(ctx context.Context, f report.File) (out []conversation.Delivery, err error) {
	readers, err := feedback.Readers(ctx, o.Pool)
	if err != nil {
		return nil, err
	}
	var m *conversation.Message
	i := slices.IndexFunc(readers, func(r feedback.Reader) bool { return r.Staff == f.Staff })
	if i >= 0 {
		k, ok, err := report.Open(ctx, o.Pool, readerOf(readers[i]), f.Report)
		if err != nil {
			return nil, err
		}
		if ok {
			if m, err = o.reportFile(ctx, readerOf(readers[i]), k, f); err != nil {
				return nil, fmt.Errorf("make a file of report %d: %w", f.Report, err)
			}
		}
	}
	err = pgx.BeginFunc(ctx, o.Pool, func(tx pgx.Tx) error {
		mine, err := f.Settle(ctx, tx)
		if err != nil || !mine || m == nil {
			return err
		}
		out, err = o.reply(ctx, tx, nil, readers[i].Chat, *m)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("bring a file of report %d: %w", f.Report, err)
	}
	return out, nil
}

// reportFile draws a file from what is kept, so that the same report is the same file. A table of recommendations is of those that are there now.
func (o *Outreach) reportFile(ctx context.Context, who report.Reader, k report.Kept, f report.File) (*conversation.Message, error) {
	lang := languageOf(f.Language)
	title := html.EscapeString(report.Lines(k.Report, o.ReportWords, lang)[0])
	made := func(ending, mime string, data []byte, err error) (*conversation.Message, error) {
		return &conversation.Message{Text: title, Attach: &conversation.Attachment{Kind: "document", Name: report.FileName(k.Scope, ending), MIME: mime, Data: data}}, err
	}
	switch f.Form {
	case report.PDFFrench:
		data, err := report.PDF(&o.press, k.Report, o.ReportWords, locale.French)
		return made("-fr.pdf", "application/pdf", data, err)
	case report.PDFArabic:
		data, err := report.PDF(&o.press, k.Report, o.ReportWords, locale.Arabic)
		return made("-ar.pdf", "application/pdf", data, err)
	case report.Workbook:
		var b bytes.Buffer
		err := report.Sheets(&b, k.Report, o.ReportWords, lang)
		return made(".xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", b.Bytes(), err)
	}
	p := &parcel{name: report.FileName(k.Scope, ".csv")}
	if _, err := report.Voices(ctx, o.Pool, who, k.Scope, p); errors.Is(err, errTooLarge) {
		m := o.Word(lang, conversation.Note{Text: "reports.too_large"})
		return &m, nil
	} else if err != nil {
		return nil, err
	}
	data, zipped, err := p.finish()
	switch {
	case errors.Is(err, errTooLarge):
		m := o.Word(lang, conversation.Note{Text: "reports.too_large"})
		return &m, nil
	case zipped:
		return made(".csv.zip", "application/zip", data, err)
	}
	return made(".csv", "text/csv", data, err)
}

// A parcel is a file in memory that is zipped as soon as it is large, and refused when it is too large even so. Telegram takes 50 MB; what
// is sent waits in the database meanwhile, hence no larger plain ones.
type parcel struct {
	name  string
	plain bytes.Buffer
	out   bytes.Buffer
	zip   *zip.Writer
	entry io.Writer
}

const (
	largestPlain  = 5 << 20
	largestZipped = 45 << 20
)

var errTooLarge = errors.New("too large to be sent")

func (p *parcel) Write(b []byte) (int, error) {
	if p.zip == nil && p.plain.Len()+len(b) > largestPlain {
		p.zip = zip.NewWriter(&p.out)
		var err error
		if p.entry, err = p.zip.Create(p.name); err != nil {
			return 0, fmt.Errorf("zip %s: %w", p.name, err)
		}
		if _, err = p.entry.Write(p.plain.Bytes()); err != nil {
			return 0, fmt.Errorf("zip %s: %w", p.name, err)
		}
		p.plain = bytes.Buffer{}
	}
	if p.zip == nil {
		return p.plain.Write(b)
	}
	if p.out.Len() > largestZipped {
		return 0, errTooLarge
	}
	return p.entry.Write(b)
}

// finish gives what is to be sent.
func (p *parcel) finish() (data []byte, zipped bool, err error) {
	if p.zip == nil {
		return p.plain.Bytes(), false, nil
	}
	if err := p.zip.Close(); err != nil {
		return nil, true, fmt.Errorf("zip %s: %w", p.name, err)
	}
	if p.out.Len() > largestZipped {
		return nil, true, errTooLarge
	}
	return p.out.Bytes(), true, nil
}
