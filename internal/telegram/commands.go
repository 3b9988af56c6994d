package telegram

import (
	"context"
	"fmt"
	"slices"

	"github.com/go-telegram/bot"
	"github.com/go-telegram/bot/models"

	"github.com/qafila/qafila/internal/locale"
)

// Menu is the command list that people see, and what the bot says of itself before it is started.
type Menu struct {
	Texts    *locale.Texts
	Commands []string            // names without slash, in order; their words are the texts command.<name>
	Staff    map[string][]string // those that a role has before them
}

func (m Menu) commands(lang locale.Language, role string) []models.BotCommand {
	names := slices.Concat(m.Staff[role], m.Commands)
	list := make([]models.BotCommand, len(names))
	for i, name := range names {
		list[i] = models.BotCommand{Command: name, Description: m.Texts.Text(lang, "command."+name, nil)}
	}
	return list
}

// showCommands sets the command list of one chat. Telegram has no language code for Darija, and the app's language is often not the
// person's: a chosen language gets its list by chat.
func (s *Sender) showCommands(ctx context.Context, chat int64, lang, role string) error {
	_, err := s.client.api.SetMyCommands(ctx, &bot.SetMyCommandsParams{
		Commands: s.menu.commands(locale.Language(lang), role), Scope: &models.BotCommandScopeChat{ChatID: chat},
	})
	return err
}

// Introduce sets the command lists and the bot's descriptions, in Arabic for everybody and in French for French apps.
func (c *Client) Introduce(ctx context.Context, m Menu) error {
	for _, l := range []struct {
		code string
		lang locale.Language
	}{{"", locale.Arabic}, {"ar", locale.Arabic}, {"fr", locale.French}} {
		if _, err := c.api.SetMyCommands(ctx, &bot.SetMyCommandsParams{Commands: m.commands(l.lang, ""), LanguageCode: l.code}); err != nil {
			return fmt.Errorf("set the commands: %w", err)
		}
		if _, err := c.api.SetMyDescription(ctx, &bot.SetMyDescriptionParams{
			Description: m.Texts.Text(l.lang, "bot.description", nil), LanguageCode: l.code}); err != nil {
			return fmt.Errorf("set the description: %w", err)
		}
		if _, err := c.api.SetMyShortDescription(ctx, &bot.SetMyShortDescriptionParams{
			ShortDescription: m.Texts.Text(l.lang, "bot.short_description", nil), LanguageCode: l.code}); err != nil {
			return fmt.Errorf("set the short description: %w", err)
		}
	}
	return nil
}

// Username asks who the bot is.
func (c *Client) Username(ctx context.Context) (string, error) {
	me, err := c.api.GetMe(ctx)
	if err != nil {
		return "", fmt.Errorf("ask who the bot is: %w", err)
	}
	return me.Username, nil
}
