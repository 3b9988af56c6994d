package conversation

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/qafila/qafila/internal/answers"
	"github.com/qafila/qafila/internal/directory"
	"github.com/qafila/qafila/internal/locale"
)

// A House is what the rooms' actions know of this deployment.
type House struct {
	Texts     *locale.Texts
	Directory *directory.Directory
	Answers   *answers.Current
	Languages []locale.Language // offered
	Username  func() string     // the bot's, without @; "" until Telegram has told it
	TicketKey func() string     // what tickets are sealed with; "" until it is loaded

	PokeReports func(ctx context.Context, tx pgx.Tx) error // has reports made soon after tx takes effect; nil: it is looked for often enough

	// Who is responsible for the data and the number of their declaration (law 09-08). Unless both are set no personal data are collected.
	Controller  string
	Declaration string
}
