package conversation

import (
	"context"
	"strings"

	"github.com/qafila/qafila/internal/directory"
	"github.com/qafila/qafila/internal/feedback"
	"github.com/qafila/qafila/internal/flow"
	"github.com/qafila/qafila/internal/locale"
	"github.com/qafila/qafila/internal/media"
)

// ThemeName is a theme in words: those that were given to it from the chat, in this language or else in any, before those that ship.
func ThemeName(texts *locale.Texts, themes []feedback.Theme, lang locale.Language, id string) string {
	for _, th := range themes {
		if th.ID != id {
			continue
		}
		if name := th.Names[string(lang)]; name != "" {
			return name
		}
		if shipped := "theme." + id; texts.Has(lang, shipped) {
			return texts.Text(lang, shipped, nil)
		}
		for _, l := range locale.Languages() {
			if name := th.Names[string(l)]; name != "" {
				return name
			}
		}
	}
	return id
}

// ChamberName is the chamber of a region in words; "" are the organisers.
func ChamberName(texts *locale.Texts, d *directory.Directory, lang locale.Language, region string) string {
	r, ok := d.Region(region)
	if !ok {
		return texts.Text(lang, "chamber.organisers", nil)
	}
	return texts.Text(lang, "chamber.name", map[string]any{"region_name": r.Name(lang)})
}

func (h *House) chamberName(t *Turn, region string) string {
	return ChamberName(t.texts, h.Directory, t.Language, region)
}

// Reason is why something was closed, in words: one of those that a button gives, or as somebody wrote it.
func Reason(texts *locale.Texts, lang locale.Language, words string) string {
	if id := "inbox.reason_" + words; texts.Has(lang, id) {
		return texts.Text(lang, id, nil)
	}
	return words
}

// glimpse is how much of somebody's words a list or a note shows, in characters.
const glimpse = 200

// Glimpse is what somebody said, in short.
func Glimpse(texts *locale.Texts, lang locale.Language, kind, words string) string {
	return inShort(texts, lang, kind, words, glimpse)
}

func inShort(texts *locale.Texts, lang locale.Language, kind, words string, n int) string {
	words = cutTo(words, n)
	mark := ""
	switch kind {
	case feedback.Voice:
		mark = texts.Text(lang, "thread.voice", nil)
	case feedback.Photo:
		mark = texts.Text(lang, "thread.photo", nil)
	}
	return strings.TrimSpace(mark + " " + words)
}

func cutTo(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n-1]) + "…"
	}
	return s
}

// FileOf is a voice or a picture as it is shown again, by the messenger's id of it or else by the house's copy; nil when there is none, or when
// it is better not shown. One that was only too big for the house to keep plays in the chat as ever.
func FileOf(texts *locale.Texts, lang locale.Language, m feedback.Message) *Attachment {
	if m.File == "" || m.Kind != feedback.Voice && m.Kind != feedback.Photo || m.Refused == media.WrongType || m.Refused == media.Gone {
		return nil
	}
	return &Attachment{Kind: m.Kind, File: m.File, Copy: m.Copy, Else: fileRefused(texts, lang, media.Gone), Later: texts.Text(lang, "thread.file_later", nil)}
}

// fileRefused says why a file is not shown; "" when it is.
func fileRefused(texts *locale.Texts, lang locale.Language, why string) string {
	switch why {
	case media.WrongType:
		return texts.Text(lang, "thread.file_type", nil)
	case media.Gone:
		return texts.Text(lang, "thread.file_gone", nil)
	}
	return ""
}

// themeItems are the themes as a list; hidden ones too where all is asked for.
func (h *House) themeItems(ctx context.Context, t *Turn, hidden bool) ([]flow.Item, error) {
	themes, err := feedback.Themes(ctx, t.Tx)
	if err != nil {
		return nil, err
	}
	var items []flow.Item
	for _, th := range themes {
		if th.Shown || hidden {
			items = append(items, flow.Item{Key: th.ID, Label: ThemeName(t.texts, themes, t.Language, th.ID)})
		}
	}
	return items, nil
}

func (h *House) themeName(ctx context.Context, t *Turn, id string) (string, error) {
	themes, err := feedback.Themes(ctx, t.Tx)
	return ThemeName(t.texts, themes, t.Language, id), err
}

// messageOf is what a flow's answer brought: its kind, words, file and seconds.
func messageOf(args Args) feedback.Message {
	kind := args.Text("kind")
	if args.Text("file") == "" || kind != feedback.Voice && kind != feedback.Photo {
		return feedback.Message{Kind: feedback.Text, Words: args.Text("words")}
	}
	return feedback.Message{Kind: kind, Words: args.Text("words"), File: args.Text("file"), Seconds: args.Number("seconds")}
}

// branchOf is the branch of a trade; "" when it isn't known.
func (h *House) branchOf(trade string) string {
	tr, _ := h.Directory.Trade(trade)
	return tr.Branch
}

// Of a thread's messages, as many of the last as fit are shown.
const (
	longestTalk  = 1500
	longestWords = 1250 // of one recommendation; longer ones come whole in a message of their own
)

// talk writes a thread down, its last messages, and shows what can't be written: voices and pictures of the other side that came since the
// reader's own last word, and words too long to stand in a line.
func (t *Turn) talk(messages []feedback.Message, staff bool) string {
	var lines []string
	room, unseen := longestTalk, true
	var files []Message
	for i := len(messages) - 1; i >= 0; i-- {
		m := messages[i]
		theirs := (m.Staff != 0) != staff
		unseen = unseen && theirs
		if a := FileOf(t.texts, t.Language, m); a != nil && unseen && len(files) < 5 {
			files = append(files, Message{Attach: a})
		}
		who := "👤 "
		if m.Staff != 0 {
			who = "🏛️ "
			if m.By != "" {
				who += m.By + colon(t.Language)
			}
		}
		words := Glimpse(t.texts, t.Language, m.Kind, m.Words)
		if unseen {
			words = inShort(t.texts, t.Language, m.Kind, m.Words, 3*glimpse)
			if len([]rune(m.Words)) > 3*glimpse {
				files = append(files, t.whole(m.Words))
			}
		}
		if m.Kind == feedback.Closed {
			words = strings.TrimSpace("🏁 " + Reason(t.texts, t.Language, m.Words))
		}
		if why := fileRefused(t.texts, t.Language, m.Refused); why != "" {
			words += "\n" + why
		}
		if room -= len([]rune(who + words)); room < 0 {
			break
		}
		lines = append(lines, who+words)
	}
	for i := len(files) - 1; i >= 0; i-- {
		t.Show(files[i])
	}
	var b strings.Builder
	for i := len(lines) - 1; i >= 0; i-- {
		b.WriteString(lines[i])
		b.WriteByte('\n')
	}
	return strings.TrimSpace(b.String())
}
