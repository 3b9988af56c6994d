package telegram

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"strings"

	"github.com/go-telegram/bot"
	"github.com/go-telegram/bot/models"

	"github.com/qafila/qafila/internal/conversation"
	"github.com/qafila/qafila/internal/media"
)

// deliver makes one delivery's calls. A screen that can't be replaced any more is sent anew.
func (s *Sender) deliver(ctx context.Context, d conversation.Delivery) error {
	m := d.Message
	switch {
	case m.Menu != "":
		return s.showCommands(ctx, d.Chat, m.Menu, m.Role)
	case m.Attach != nil:
		_, err := attach(ctx, s.client.api, d.Chat, m)
		if m.Attach.File == "" || err == nil || judge(err).then != drop {
			return err
		}
		return s.copied(ctx, d, err)
	case m.Replace != 0:
		err := s.client.call(ctx, "editMessageText", &bot.EditMessageTextParams{
			ChatID: d.Chat, MessageID: int(m.Replace), Text: m.Text, ParseMode: mode(m.Text), LinkPreviewOptions: preview(m.Text),
			ReplyMarkup: inline(m.Rows),
		})
		if err == nil || notModified(err) {
			return nil
		}
		if !errors.Is(err, bot.ErrorBadRequest) {
			return err
		}
	}
	return s.client.call(ctx, "sendMessage", &bot.SendMessageParams{
		ChatID: d.Chat, Text: m.Text, ParseMode: mode(m.Text), LinkPreviewOptions: preview(m.Text), ReplyMarkup: markup(m),
		AllowPaidBroadcast: d.Bulk && s.paid,
	})
}

var (
	yes       = true
	noPreview = &models.LinkPreviewOptions{IsDisabled: &yes}
)

// mode is the parse mode that a text needs.
func mode(text string) models.ParseMode {
	if strings.ContainsAny(text, "<&") {
		return models.ParseModeHTML
	}
	return ""
}

// preview keeps Telegram from showing a page that a text names below it: the text is the message.
func preview(text string) *models.LinkPreviewOptions {
	for i := strings.IndexByte(text, '.'); i >= 0 && i+1 < len(text); {
		if c := text[i+1]; c > ' ' && c != '.' {
			return noPreview
		}
		next := strings.IndexByte(text[i+1:], '.')
		if next < 0 {
			break
		}
		i += 1 + next
	}
	return nil
}

func notModified(err error) bool {
	return errors.Is(err, bot.ErrorBadRequest) && strings.Contains(err.Error(), "message is not modified")
}

// attach sends a message with what is attached to it, and gives Telegram's id of that; "" when it has none.
func attach(ctx context.Context, api *bot.Bot, chat int64, m conversation.Message) (id string, err error) {
	a := m.Attach
	var file models.InputFile = &models.InputFileString{Data: a.File}
	if a.File == "" {
		file = &models.InputFileUpload{Filename: a.Name, Data: bytes.NewReader(a.Data)}
	}
	var sent *models.Message
	switch a.Kind {
	case "photo":
		sent, err = api.SendPhoto(ctx, &bot.SendPhotoParams{ChatID: chat, Photo: file, Caption: m.Text, ParseMode: mode(m.Text), ReplyMarkup: markup(m)})
	case "voice":
		sent, err = api.SendVoice(ctx, &bot.SendVoiceParams{ChatID: chat, Voice: file, Caption: m.Text, ParseMode: mode(m.Text), ReplyMarkup: markup(m)})
	case "video":
		sent, err = api.SendVideo(ctx, &bot.SendVideoParams{ChatID: chat, Video: file, Caption: m.Text, ParseMode: mode(m.Text), ReplyMarkup: markup(m)})
	case "venue":
		sent, err = api.SendVenue(ctx, &bot.SendVenueParams{ChatID: chat, Latitude: a.Lat, Longitude: a.Lon, Title: a.Title, Address: a.Address,
			ReplyMarkup: markup(m)})
	default:
		sent, err = api.SendDocument(ctx, &bot.SendDocumentParams{ChatID: chat, Document: file, Caption: m.Text, ParseMode: mode(m.Text), ReplyMarkup: markup(m)})
	}
	if err != nil || sent == nil {
		return "", err
	}
	return idOf(a.Kind, sent), nil
}

// idOf is Telegram's id of the file of a message. Where it took the file for another kind it is none that could be sent as this one again.
func idOf(kind string, m *models.Message) string {
	switch {
	case kind == "photo" && len(m.Photo) > 0:
		return m.Photo[len(m.Photo)-1].FileID // the largest
	case kind == "voice" && m.Voice != nil:
		return m.Voice.FileID
	case kind == "video" && m.Video != nil:
		return m.Video.FileID
	case kind == "document" && m.Document != nil:
		return m.Document.FileID
	}
	return ""
}

// Copies are the house's own of files that somebody sent.
type Copies interface {
	// Known gives Telegram's id of a file as it is by now; "" when there is none.
	Known(ctx context.Context, r media.Ref) (file string, err error)
	Copy(ctx context.Context, r media.Ref) (data []byte, contentType string, err error)
	// Renew keeps the id that Telegram gave to the copy.
	Renew(ctx context.Context, r media.Ref, file string) error
}

// endings name what is uploaded, as Telegram's apps want to know it by.
var endings = map[string]string{"audio/ogg": ".ogg", "audio/mpeg": ".mp3", "audio/mp4": ".m4a", "audio/webm": ".webm", "audio/wave": ".wav",
	"image/jpeg": ".jpg", "image/png": ".png", "image/webp": ".webp"}

// copied sends the house's copy of a file that Telegram refuses to send by its id (another token's, or of a file that it has let go of), or says
// in its place that it is lost, or not to be had just now. Nobody waits for a store that is away: what stands behind this in the chat would wait
// too.
func (s *Sender) copied(ctx context.Context, d conversation.Delivery, refused error) error {
	m, a := d.Message, d.Message.Attach
	note := a.Else
	if ref := (media.Ref{Number: a.Copy, Recording: a.Recording}); s.copies != nil && ref != (media.Ref{}) {
		over, err := s.instead(ctx, d.Chat, m, ref)
		if over {
			return err
		}
		s.log.Warn("the copy of a file can't be sent in its place", "file", ref, "error", s.client.Hide(err))
		if !errors.Is(err, media.ErrNotKept) && judge(err).then != drop {
			note = cmp.Or(a.Later, note)
		}
	}
	if note == "" {
		return refused
	}
	m.Attach, m.Text = nil, strings.TrimSpace(m.Text+"\n"+note)
	d.Message = m
	return s.deliver(ctx, d)
}

// instead sends a file by the id that Telegram gave to its copy when that was last sent, else the copy, of which it keeps the id: so it is
// uploaded once, not each time. over: the file came, or Telegram isn't to be had just now.
func (s *Sender) instead(ctx context.Context, chat int64, m conversation.Message, ref media.Ref) (over bool, err error) {
	a := *m.Attach
	m.Attach = &a
	known, err := s.copies.Known(ctx, ref)
	if err != nil {
		return false, err
	}
	if known != "" && known != a.File {
		a.File = known
		if _, err := attach(ctx, s.client.api, chat, m); err == nil || judge(err).then != drop {
			return true, err
		}
	}
	data, kind, err := s.copies.Copy(ctx, ref)
	if err != nil {
		return false, err
	}
	a.File, a.Data, a.Name = "", data, a.Kind+endings[kind]
	id, err := attach(ctx, s.client.api, chat, m)
	if err != nil {
		return judge(err).then != drop, err
	}
	if id != "" {
		if err := s.copies.Renew(ctx, ref, id); err != nil { // it came all the same
			s.log.Warn("the new id of a file could not be kept; its copy is uploaded once more", "file", ref, "error", err)
		}
	}
	return true, nil
}

func inline(rows [][]conversation.Button) models.ReplyMarkup {
	k := &models.InlineKeyboardMarkup{InlineKeyboard: make([][]models.InlineKeyboardButton, len(rows))}
	for i, row := range rows {
		k.InlineKeyboard[i] = make([]models.InlineKeyboardButton, len(row))
		for j, b := range row {
			k.InlineKeyboard[i][j] = models.InlineKeyboardButton{Text: b.Text, CallbackData: b.Data}
		}
	}
	return k
}

func markup(m conversation.Message) models.ReplyMarkup {
	switch {
	case m.Request != nil:
		k := &models.ReplyKeyboardMarkup{ResizeKeyboard: true, OneTimeKeyboard: true, Keyboard: [][]models.KeyboardButton{{{
			Text: m.Request.Text, RequestContact: m.Request.Contact, RequestLocation: m.Request.Location,
		}}}}
		for _, row := range m.Request.Rows {
			var line []models.KeyboardButton
			for _, label := range row {
				line = append(line, models.KeyboardButton{Text: label})
			}
			k.Keyboard = append(k.Keyboard, line)
		}
		return k
	case len(m.Rows) > 0:
		return inline(m.Rows)
	case m.Clear:
		return &models.ReplyKeyboardRemove{RemoveKeyboard: true}
	}
	return nil
}
