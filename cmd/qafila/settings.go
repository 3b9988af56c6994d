package main

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/url"
	"regexp"
	"strings"

	"github.com/qafila/qafila/internal/locale"
	"github.com/qafila/qafila/internal/outreach"
	"github.com/qafila/qafila/internal/report"
)

// common is what every command that opens the database takes.
type common struct {
	DatabaseURL string `name:"database-url" env:"DATABASE_URL" help:"Postgres; without it a private local server runs under the data folder."`
	Data        string `env:"QAFILA_DATA" default:".qafila" help:"Data folder."`
	LogLevel    string `env:"QAFILA_LOG" default:"info" enum:"debug,info,warn,error" help:"How much is logged: debug, info, warn, error."`
	Languages   string `env:"QAFILA_LANGUAGES" default:"fr,ar,ary" help:"Languages offered."`
}

func (c common) logger(w io.Writer) *slog.Logger {
	var level slog.Level
	_ = level.UnmarshalText([]byte(c.LogLevel)) // one of the four, checked by the command line's reader
	return slog.New(slog.NewTextHandler(w, &slog.HandlerOptions{Level: level}))
}

func (c common) languages() ([]locale.Language, error) {
	l, err := locale.ParseLanguages(c.Languages)
	if err != nil {
		return nil, fmt.Errorf("QAFILA_LANGUAGES: %w", err)
	}
	return l, nil
}

// settings is what the bot itself takes; DESIGN's outside contract.
type settings struct {
	common
	Token         string `name:"telegram-token" env:"TELEGRAM_TOKEN" help:"The bot's token, from @BotFather."`
	APIURL        string `name:"telegram-api-url" env:"TELEGRAM_API_URL" help:"Bot API address; without it Telegram's own."`
	Listen        string `env:"QAFILA_LISTEN" default:"127.0.0.1:8080" help:"HTTP address of /healthz, /readyz, /metrics and the webhook."`
	PublicURL     string `name:"public-url" env:"QAFILA_PUBLIC_URL" help:"Address under which Telegram reaches QAFILA_LISTEN; sets webhook mode."`
	WebhookSecret string `name:"webhook-secret" env:"TELEGRAM_WEBHOOK_SECRET" help:"Webhook secret; made from the token when not given."`
	BulkRate      int    `env:"QAFILA_BULK_RATE" default:"25" help:"Bulk messages a second."`
	Least         int    `env:"QAFILA_LEAST" default:"5" help:"Of how many people, at least, a number in a report tells."`
	Quiet         string `env:"QAFILA_QUIET" default:"${quiet}" help:"When the bot writes to nobody first, in Morocco's time, such as '21:00-08:00, fri 12:00-14:30'; none."`
	Controller    string `env:"QAFILA_CONTROLLER" help:"Who is responsible for the data (law 09-08), as consent texts name them."`
	Declaration   string `name:"cndp" env:"QAFILA_CNDP" help:"Number of the declaration to the CNDP (law 09-08)."`
	S3            s3     `embed:""`
}

// quiet reads QAFILA_QUIET; "" is the usual hours.
func (s settings) quiet() (outreach.Quiet, error) {
	q, err := outreach.ParseQuiet(cmp.Or(s.Quiet, outreach.UsualQuiet))
	if err != nil {
		return q, fmt.Errorf("QAFILA_QUIET: %w", err)
	}
	return q, nil
}

var (
	tokenShape  = regexp.MustCompile(`^[0-9]+:[A-Za-z0-9_-]{20,}$`)
	secretShape = regexp.MustCompile(`^[A-Za-z0-9_-]{1,256}$`) // Telegram's rule for secret_token
)

// check names each variable that is wrong, and why.
func (s *settings) check() error {
	var wrong []error
	say := func(what string) { wrong = append(wrong, errors.New(what)) }
	switch {
	case s.Token == "":
		say("TELEGRAM_TOKEN is not set: ask @BotFather for a bot and its token (or run `qafila demo`, which needs none)")
	case !tokenShape.MatchString(s.Token):
		say("TELEGRAM_TOKEN does not look like a token (digits, a colon, then letters and digits)")
	}
	if s.APIURL != "" && !isHTTP(s.APIURL) {
		say("TELEGRAM_API_URL must be an http or https address")
	}
	if s.PublicURL != "" && !isHTTP(s.PublicURL) {
		say("QAFILA_PUBLIC_URL must be an http or https address such as https://bot.example.ma")
	}
	s.PublicURL = strings.TrimRight(s.PublicURL, "/")
	if s.WebhookSecret != "" && !secretShape.MatchString(s.WebhookSecret) {
		say("TELEGRAM_WEBHOOK_SECRET takes 1 to 256 letters, digits, _ and -")
	}
	if s.WebhookSecret == "" { // the same in every instance of the bot
		sum := sha256.Sum256([]byte("qafila webhook " + s.Token))
		s.WebhookSecret = hex.EncodeToString(sum[:])
	}
	if _, _, err := net.SplitHostPort(s.Listen); err != nil {
		say("QAFILA_LISTEN must be host:port such as 127.0.0.1:8080")
	}
	if s.BulkRate < 1 || s.BulkRate > 100_000 {
		say("QAFILA_BULK_RATE must be 1 to 100000 (Telegram: 30 for all, up to 1000 when paid; more only to a server of one's own)")
	}
	if s.Least != 0 && s.Least < report.SmallestLeast {
		say(fmt.Sprintf("QAFILA_LEAST must be %d or more: a smaller one hides nobody", report.SmallestLeast))
	}
	if s.DatabaseURL != "" && !strings.HasPrefix(s.DatabaseURL, "postgres://") && !strings.HasPrefix(s.DatabaseURL, "postgresql://") && !strings.Contains(s.DatabaseURL, "=") {
		say("DATABASE_URL must be postgres://… or a key=value connection string")
	}
	if err := s.S3.check(); err != nil {
		wrong = append(wrong, err)
	}
	if _, err := s.quiet(); err != nil {
		wrong = append(wrong, err)
	}
	if _, err := s.languages(); err != nil {
		wrong = append(wrong, err)
	}
	return errors.Join(wrong...)
}

func isHTTP(s string) bool {
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != ""
}
