package conversation

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/qafila/qafila/internal/flow"
	"github.com/qafila/qafila/internal/locale"
	"github.com/qafila/qafila/internal/people"
)

// tidy makes what a person typed fit to store: no control or direction characters, and no identity number, which is never needed.
func tidy(u *Update) {
	u.Name = locale.Clean(u.Name)
	u.Name, _ = locale.MaskIdentity(u.Name)
	if u.Act != Did {
		return
	}
	switch u.Input.Kind {
	case flow.Text, flow.Photo, flow.Voice, flow.Video, flow.Document:
		u.Input.Text = locale.Clean(u.Input.Text)
		var found bool
		u.Input.Text, found = locale.MaskIdentity(u.Input.Text)
		u.masked = u.masked || found // a turn that is redone finds it masked already
	}
}

// advance takes one update through its turn.
func (w *work) advance(ctx context.Context, u *Update) error {
	if u.Act == Foreign {
		w.say(u.Chat, w.c.word(w.c.language("", u.Hint), flow.Message{Text: "group.only_private"}))
		return nil
	}
	tidy(u)
	ch := w.chats[u.Chat]
	if (ch == nil || ch.erased) && u.Act != Did && u.Act != Pressed {
		return nil // nobody whom the bot knows
	}
	if ch == nil { // erased by another instance while this one waited for it
		ch = &chat{erased: true}
		w.chats[u.Chat] = ch
	}
	if ch.erased {
		*ch = chat{born: true, seen: w.now}
	}
	ch.changed = true
	switch u.Act {
	case Left:
		ch.left = true
		return nil
	case Back:
		ch.left = false
		return nil
	case Edited:
		w.say(u.Chat, w.c.word(w.c.language(ch.language, u.Hint), flow.Message{Text: "edit.ignored"}))
		return nil
	}
	ch.left = false
	in, replace := u.Input, false
	if u.Act == Pressed {
		in, replace = pressed(u.Data)
		replace = replace && u.Message >= ch.lastMessage
	}
	if in.Kind == flow.Door { // a link's payload, or a forged button's: no id of ours looks like an identity number
		var found bool
		in.Text, found = locale.MaskIdentity(in.Text)
		u.masked = u.masked || found
	}
	in.Long = w.now.Sub(ch.seen) > longSilence
	ch.seen = w.now
	ch.lastMessage = max(ch.lastMessage, u.Message)

	t := &Turn{Tx: w.tx, Chat: u.Chat, Name: u.Name, Language: w.c.language(ch.language, u.Hint), Now: w.now, Message: u.Message, Replaced: replace, Member: ch.member,
		texts: w.c.texts}
	in.Role = t.Role()
	var turn flow.Turn
	if err := guard(func() (err error) {
		turn, err = w.c.book.Advance(&ch.state, in, host{ctx, w.c, t})
		return err
	}); err != nil {
		return fmt.Errorf("advance a conversation: %w", err)
	}
	chosen := ch.state.Language != "" && ch.language != ch.state.Language
	if chosen {
		ch.language = ch.state.Language
	}
	if turn.Echo {
		return nil
	}
	lang := w.c.language(ch.language, u.Hint)
	if turn.Language != "" {
		lang = locale.Language(turn.Language) // it stays right when the state was forgotten
	}
	t.Language = lang
	if u.masked && len(turn.Messages) > 0 {
		m := &turn.Messages[0]
		m.Lead = append([]flow.Line{{Text: "identity.masked"}}, m.Lead...)
	}
	if len(turn.Messages) > 0 && len(turn.Messages[0].Lead) > 0 && turn.Messages[0].Lead[0].Text == "press.stale" {
		replace = false // the same words in the same place would be no answer
	}
	for _, m := range t.first {
		w.show(ch, u.Chat, lang, m)
		replace = false
	}
	for _, m := range turn.Messages {
		said, err := w.render(ctx, t, lang, m)
		if err != nil {
			return err
		}
		asks := said[len(said)-1].Request != nil
		for _, one := range said {
			if replace && one.Request == nil && one.Attach == nil && !ch.keyboard {
				one.Replace = u.Message
			}
			replace = false
			if asks && one.Request == nil {
				w.say(u.Chat, one) // a keyboard that is up stays: the question asks for it again
				continue
			}
			w.show(ch, u.Chat, lang, one)
		}
	}
	if chosen || in.Role != t.Role() {
		w.say(u.Chat, Message{Menu: string(lang), Role: t.Role()}) // behind the words: nobody waits for it
	}
	ch.member = t.Member
	w.out = append(w.out, t.menus...)
	for _, n := range t.notes {
		w.out = append(w.out, Delivery{Chat: n.chat, Bulk: true, Message: w.c.Note(n.language, n.note)})
	}
	if turn.Forget {
		*ch = chat{erased: true, changed: true}
	}
	return nil
}

// show puts a message out, and takes a Request's keyboard away when its question is over: with the message itself when it has no
// buttons, since one message can't carry both, else with a word of its own before it.
func (w *work) show(ch *chat, id int64, lang locale.Language, m Message) {
	switch {
	case m.Request != nil:
		ch.keyboard = true
	case ch.keyboard && len(m.Rows) == 0:
		m.Clear, ch.keyboard = true, false
	case ch.keyboard:
		w.say(id, Message{Text: w.c.texts.Text(lang, "keyboard.done", nil), Clear: true})
		ch.keyboard = false
	}
	w.say(id, m)
}

// render words a flow's message; what leads it goes first, what is attached before the words, each attachment in a message of its own but for a single
// picture or document with few words, which become its caption.
func (w *work) render(ctx context.Context, t *Turn, lang locale.Language, m flow.Message) ([]Message, error) {
	said := w.c.word(lang, m)
	bubbles := w.c.bubbles(lang, m.Lead, said.Text)
	n := len(bubbles) - 1
	var out []Message
	for _, b := range bubbles[:n] {
		out = append(out, Message{Text: b})
	}
	said.Text = bubbles[n]
	if len(m.Attach) == 0 {
		return append(out, said), nil
	}
	for _, a := range m.Attach {
		maker, ok := w.c.offer.Attachments[a.Kind]
		if !ok {
			return nil, fmt.Errorf("no room makes the attachment %q", a.Kind)
		}
		var made Attachment
		if err := (host{ctx, w.c, t}).permit(maker.Signature); err != nil {
			return nil, err
		}
		if err := guard(func() (err error) { made, err = maker.Make(ctx, t, a.From); return err }); err != nil {
			return nil, fmt.Errorf("make the attachment %q: %w", a.Kind, err)
		}
		if len(maker.For) > 0 {
			if err := people.Note(ctx, t.Tx, t.Member, a.Kind, fmt.Sprint("of=", a.From), "given", t.Now); err != nil {
				return nil, err
			}
		}
		out = append(out, Message{Attach: &made})
	}
	last := &out[len(out)-1]
	if last.Attach.Kind != "venue" && said.Request == nil {
		last.Text, last.Rows = said.Text, said.Rows
		return out, nil
	}
	if said.Text != "" {
		out = append(out, said)
	}
	return out, nil
}

// host runs for the flow what the rooms offer.
type host struct {
	ctx context.Context
	c   *Conversation
	t   *Turn
}

func (h host) Do(action string, args map[string]flow.Value) (flow.Outcome, error) {
	a, ok := h.c.offer.Actions[action]
	if !ok {
		return flow.Outcome{}, fmt.Errorf("no room offers the action %q", action)
	}
	if err := h.permit(a.Signature); err != nil {
		return flow.Outcome{}, err
	}
	who := h.t.Member
	o, err := a.Do(h.ctx, h.t, Args(args))
	if err != nil {
		return o, fmt.Errorf("do %s: %w", action, err)
	}
	if len(a.For) > 0 {
		if err := people.Note(h.ctx, h.t.Tx, who, a.Name, Args(args).ledger(a.Ledger), o.Name, h.t.Now); err != nil {
			return o, err
		}
	}
	if o.Language != "" {
		h.t.Language = locale.Language(o.Language)
	}
	return o, nil
}

// permit holds the door once more: the flows' check lets nobody come here who may not, and a mistake in it must not let them through.
func (h host) permit(s flow.Signature) error {
	if len(s.For) == 0 || slices.Contains(s.For, h.t.Role()) {
		return nil
	}
	return fmt.Errorf("%s is for %v, not for the role %q", s.Name, s.For, h.t.Role())
}

func (h host) List(name string, args map[string]flow.Value, q flow.Query) (flow.Page, error) {
	l, ok := h.c.offer.Lists[name]
	if !ok {
		return flow.Page{}, fmt.Errorf("no room offers the list %q", name)
	}
	if err := h.permit(l.Signature); err != nil {
		return flow.Page{}, err
	}
	p, err := l.Page(h.ctx, h.t, Args(args), q)
	if err != nil {
		return p, fmt.Errorf("list %s: %w", name, err)
	}
	return p, nil
}

func (h host) Aside(words string, fits bool) (flow.Aside, bool, error) {
	if h.c.asides == nil {
		return flow.Aside{}, false, nil
	}
	return h.c.asides.Aside(h.ctx, h.t, words, fits)
}

func (h host) Told(key string) (flow.Aside, bool, error) {
	if h.c.asides == nil {
		return flow.Aside{}, false, nil
	}
	return h.c.asides.Told(h.ctx, h.t, key)
}

func (h host) Item(name string, args map[string]flow.Value, key string) (flow.Item, bool, error) {
	l, ok := h.c.offer.Lists[name]
	if !ok {
		return flow.Item{}, false, fmt.Errorf("no room offers the list %q", name)
	}
	if err := h.permit(l.Signature); err != nil {
		return flow.Item{}, false, err
	}
	if len(key) > 40 || strings.ContainsAny(key, "\x00") {
		return flow.Item{}, false, nil
	}
	it, found, err := l.Item(h.ctx, h.t, Args(args), key)
	if err != nil {
		return it, found, fmt.Errorf("find an item of %s: %w", name, err)
	}
	return it, found, nil
}
