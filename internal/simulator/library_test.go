package simulator

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/go-telegram/bot"
	"github.com/go-telegram/bot/models"
)

// library is a bot of go-telegram/bot at the simulator: its types and calls must understand every answer.
func (tg *telegram) library(o ...bot.Option) *bot.Bot {
	tg.t.Helper()
	b, err := bot.New(tg.Token(), append([]bot.Option{
		bot.WithServerURL(tg.url), bot.WithHTTPClient(10*time.Second, tg.http),
		bot.WithErrorsHandler(func(err error) {
			if !errors.Is(err, context.Canceled) {
				tg.t.Error(err)
			}
		}),
	}, o...)...)
	if err != nil {
		tg.t.Fatal(err)
	}
	return b
}

func TestABotOfTheLibraryTalksByPolling(t *testing.T) {
	tg := start(t, Options{})
	b := tg.library(bot.WithNotAsyncHandlers(), bot.WithDefaultHandler(func(ctx context.Context, b *bot.Bot, u *models.Update) {
		var err error
		switch {
		case u.CallbackQuery != nil:
			if _, err = b.AnswerCallbackQuery(ctx, &bot.AnswerCallbackQueryParams{CallbackQueryID: u.CallbackQuery.ID, Text: "ok"}); err == nil {
				m := u.CallbackQuery.Message.Message
				_, err = b.EditMessageText(ctx, &bot.EditMessageTextParams{ChatID: m.Chat.ID, MessageID: m.ID, Text: "<b>" + u.CallbackQuery.Data + "</b>", ParseMode: models.ParseModeHTML})
			}
		case u.Message != nil:
			_, err = b.SendMessage(ctx, &bot.SendMessageParams{ChatID: u.Message.Chat.ID, Text: "echo: " + u.Message.Text,
				ReplyMarkup: &models.InlineKeyboardMarkup{InlineKeyboard: [][]models.InlineKeyboardButton{{{Text: "Oui", CallbackData: "yes"}}}}})
		}
		if err != nil && !errors.Is(err, context.Canceled) { // the test may end before the last call does
			t.Error(err)
		}
	}))
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { defer close(done); b.Start(ctx) }()
	defer func() { cancel(); <-done }()

	p := tg.Person(Profile{FirstName: "Aicha"})
	p.Send("salam")
	if e := next(t, p); e.Message.Text != "echo: salam" {
		t.Fatalf("got %+v", e)
	}
	if err := p.Press("Oui"); err != nil {
		t.Fatal(err)
	}
	if e := next(t, p); e.Kind != "answer" || e.Text != "ok" {
		t.Errorf("got %+v", e)
	}
	if e := next(t, p); e.Kind != "edit" || e.Message.Text != "yes" || e.Message.Entities[0].Type != "bold" {
		t.Errorf("got %+v", e)
	}
}

func TestTheLibraryUnderstandsEveryAnswer(t *testing.T) {
	tg := start(t, Options{})
	b := tg.library()
	ctx := t.Context()
	p := tg.Person(Profile{})
	p.Start("")
	photo := picture(t, 50, 50)
	m, err := b.SendPhoto(ctx, &bot.SendPhotoParams{ChatID: p.ID(), Photo: &models.InputFileUpload{Filename: "qr.png", Data: bytes.NewReader(photo)}, Caption: "QF-1"})
	if err != nil || len(m.Photo) != 2 || m.Caption != "QF-1" {
		t.Fatalf("SendPhoto: %+v, %v", m, err)
	}
	if _, err := b.SendPhoto(ctx, &bot.SendPhotoParams{ChatID: p.ID(), Photo: &models.InputFileString{Data: m.Photo[1].FileID}}); err != nil {
		t.Error(err)
	}
	f, err := b.GetFile(ctx, &bot.GetFileParams{FileID: m.Photo[1].FileID})
	if err != nil {
		t.Fatal(err)
	}
	if resp, err := tg.http.Get(b.FileDownloadLink(f)); err != nil || resp.StatusCode != http.StatusOK {
		t.Errorf("download: %v", err)
	} else {
		_ = resp.Body.Close()
	}
	if m, err = b.SendDocument(ctx, &bot.SendDocumentParams{ChatID: p.ID(), Document: &models.InputFileUpload{Filename: "a.ics", Data: strings.NewReader("x")}}); err != nil || m.Document.MimeType != "text/calendar" {
		t.Errorf("SendDocument: %+v, %v", m, err)
	}
	if m, err = b.SendVenue(ctx, &bot.SendVenueParams{ChatID: p.ID(), Latitude: 29.7, Longitude: -9.7, Title: "Place", Address: "Tiznit"}); err != nil || m.Venue.Title != "Place" {
		t.Errorf("SendVenue: %+v, %v", m, err)
	}
	if m, err = b.SendMessage(ctx, &bot.SendMessageParams{ChatID: p.ID(), Text: "numéro ?", ReplyMarkup: &models.ReplyKeyboardMarkup{
		ResizeKeyboard: true, OneTimeKeyboard: true, Keyboard: [][]models.KeyboardButton{{{Text: "📞", RequestContact: true}}}}}); err != nil {
		t.Error(err)
	}
	if k := readKeyboard(p.Keyboard()); k == nil || !k.Keyboard[0][0].RequestContact || !k.OneTimeKeyboard || !k.ResizeKeyboard {
		t.Errorf("keyboard %s", p.Keyboard())
	}
	if ok, err := b.SetMyCommands(ctx, &bot.SetMyCommandsParams{Commands: []models.BotCommand{{Command: "menu", Description: "Le menu"}},
		Scope: &models.BotCommandScopeAllPrivateChats{}, LanguageCode: "fr"}); err != nil || !ok {
		t.Error(err)
	}
	if ok, err := b.DeleteMessage(ctx, &bot.DeleteMessageParams{ChatID: p.ID(), MessageID: m.ID}); err != nil || !ok {
		t.Error(err)
	}
	if ok, err := b.SetWebhook(ctx, &bot.SetWebhookParams{URL: tg.url + "/hook", SecretToken: "s", AllowedUpdates: []string{"message"}}); err != nil || !ok {
		t.Error(err)
	}
	if info, err := b.GetWebhookInfo(ctx); err != nil || info.URL != tg.url+"/hook" {
		t.Errorf("GetWebhookInfo: %+v, %v", info, err)
	}
	if ok, err := b.DeleteWebhook(ctx, &bot.DeleteWebhookParams{DropPendingUpdates: true}); err != nil || !ok {
		t.Error(err)
	}
}

func TestTheLibrarySeesTelegramsErrors(t *testing.T) {
	tg := start(t, Options{})
	b := tg.library()
	ctx := t.Context()
	p := tg.Person(Profile{})
	send := func(chat int64, text string) error {
		_, err := b.SendMessage(ctx, &bot.SendMessageParams{ChatID: chat, Text: text})
		return err
	}
	if err := send(99, "x"); !errors.Is(err, bot.ErrorBadRequest) || !strings.Contains(err.Error(), "chat not found") {
		t.Error(err)
	}
	if err := send(p.ID(), "x"); !errors.Is(err, bot.ErrorForbidden) {
		t.Error(err)
	}
	p.Start("")
	tg.SetLimits(Limits{PerSecond: 1})
	if err := send(p.ID(), "x"); err != nil {
		t.Error(err)
	}
	var tooMany *bot.TooManyRequestsError
	if err := send(p.ID(), "x"); !errors.As(err, &tooMany) || tooMany.RetryAfter != 1 {
		t.Error(err)
	}
	if _, err := bot.New("1:wrong", bot.WithServerURL(tg.url), bot.WithHTTPClient(time.Second, tg.http)); !errors.Is(err, bot.ErrorUnauthorized) {
		t.Errorf("a wrong token: %v", err)
	}
}

func TestTheLibraryDecodesEveryUpdate(t *testing.T) {
	tg := start(t, Options{})
	p := tg.Person(Profile{})
	id := p.Start("x")
	p.SendPhoto([]byte("x"), "c")
	p.SendVoice([]byte("x"), 1)
	p.SendDocument("a.pdf", []byte("x"), "")
	p.SendSticker()
	p.ShareContact()
	p.ShareLocation(31, -8)
	p.Forward(id)
	p.ForwardText("Ali", "x")
	p.Edit(id, "y")
	if err := errors.Join(p.PressOn(id, "x"), p.PressOn(4711, "y")); err != nil {
		t.Fatal(err)
	}
	p.Block()
	tg.GroupMessage(-9, p, "salam")
	var us []models.Update
	if r := tg.call("getUpdates", nil); r.status != http.StatusOK || json.Unmarshal(r.Result, &us) != nil {
		t.Fatalf("getUpdates: %s", r.Result)
	}
	if us[10].CallbackQuery.Message.Type != models.MaybeInaccessibleMessageTypeMessage || us[11].CallbackQuery.Message.InaccessibleMessage == nil {
		t.Errorf("callback queries %+v %+v", us[10].CallbackQuery, us[11].CallbackQuery)
	}
	if c := us[12].MyChatMember; c == nil || c.NewChatMember.Banned == nil {
		t.Errorf("my_chat_member %+v", c)
	}
	if o := us[8].Message.ForwardOrigin; o == nil || o.MessageOriginHiddenUser.SenderUserName != "Ali" {
		t.Errorf("forward origin %+v", o)
	}
}
