package report

import (
	"errors"
	"io"
	"time"

	"github.com/xuri/excelize/v2"

	"github.com/qafila/qafila/internal/locale"
)

// A book is a workbook in the making. The library's stream writer is not used: it would write several sheets in another order each time,
// and a report's sheets have some hundreds of rows at most.
type book struct {
	*excelize.File
	lang                         locale.Language
	text, head, date, percentage int // styles
	measure                      int
	sheets                       int
}

// What the library's own style sheet calls these (ECMA-376, 18.8.30).
const (
	asPercent = 9  // 0%
	asMeasure = 2  // 0.00
	asText    = 49 // @
)

func newBook(lang locale.Language) (*book, error) {
	b := &book{File: excelize.NewFile(), lang: lang}
	days := "dd/mm/yyyy"
	var errs []error
	style := func(s excelize.Style) int {
		s.Alignment = &excelize.Alignment{Vertical: "top", WrapText: true}
		id, err := b.NewStyle(&s)
		errs = append(errs, err)
		return id
	}
	b.text = style(excelize.Style{NumFmt: asText})
	b.head = style(excelize.Style{NumFmt: asText, Font: &excelize.Font{Bold: true, Color: "FFFFFF"}, Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"125B43"}}})
	b.date = style(excelize.Style{CustomNumFmt: &days})
	b.percentage = style(excelize.Style{NumFmt: asPercent})
	b.measure = style(excelize.Style{NumFmt: asMeasure})
	return b, errors.Join(errs...)
}

// sheet adds a table: its heads stay when it is scrolled, and can be filtered by.
func (b *book) sheet(s sheet) error {
	if b.sheets++; b.sheets == 1 {
		if err := b.SetSheetName("Sheet1", s.name); err != nil {
			return err
		}
	} else if _, err := b.NewSheet(s.name); err != nil {
		return err
	}
	for i, h := range s.heads {
		if err := b.cell(s.name, i, 0, h, b.head); err != nil {
			return err
		}
		column, err := excelize.ColumnNumberToName(i + 1)
		if err != nil {
			return err
		}
		if err := b.SetColWidth(s.name, column, column, s.wide[i]); err != nil {
			return err
		}
	}
	for y, row := range s.rows {
		for x, v := range row {
			if err := b.value(s.name, x, y+1, v); err != nil {
				return err
			}
		}
	}
	if err := b.SetPanes(s.name, &excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return err
	}
	last, err := excelize.CoordinatesToCellName(len(s.heads), len(s.rows)+1)
	if err != nil {
		return err
	}
	if err := b.AutoFilter(s.name, "A1:"+last, nil); err != nil {
		return err
	}
	leftward := b.lang.RTL()
	return b.SetSheetView(s.name, -1, &excelize.ViewOptions{RightToLeft: &leftward})
}

// value writes a cell of its own type.
func (b *book) value(sheet string, x, y int, v any) error {
	switch v := v.(type) {
	case nil:
		return nil
	case string:
		return b.cell(sheet, x, y, v, b.text)
	case share:
		return b.cell(sheet, x, y, float64(v), b.percentage)
	case float64:
		return b.cell(sheet, x, y, v, b.measure)
	case day: // midnight as a calendar's day: Excel knows no zones
		year, month, d := time.Time(v).In(locale.Zone()).Date()
		return b.cell(sheet, x, y, time.Date(year, month, d, 0, 0, 0, 0, time.UTC), b.date)
	default:
		return b.cell(sheet, x, y, v, 0)
	}
}

func (b *book) cell(sheet string, x, y int, v any, style int) error {
	at, err := excelize.CoordinatesToCellName(x+1, y+1)
	if err != nil {
		return err
	}
	if words, ok := v.(string); ok {
		err = b.SetCellStr(sheet, at, words) // never a formula
	} else {
		err = b.SetCellValue(sheet, at, v)
	}
	if err != nil || style == 0 {
		return err
	}
	return b.SetCellStyle(sheet, at, at, style)
}

func (b *book) write(w io.Writer) error {
	const always = "2000-01-01T00:00:00Z" // the same report is the same bytes
	if err := b.SetDocProps(&excelize.DocProperties{Creator: "Qafila", LastModifiedBy: "Qafila", Created: always, Modified: always, Language: string(b.lang)}); err != nil {
		return err
	}
	if err := b.Write(w); err != nil {
		return err
	}
	return b.Close()
}
