package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/qafila/qafila/internal/locale"
	"github.com/qafila/qafila/internal/people"
	"github.com/qafila/qafila/internal/simulator"
)

// A performer is somebody who is in the demonstration from the start.
type performer struct {
	simulator.Cast
	chosen locale.Language // the bot's language, chosen already; "": they are new
	role   people.Role     // "": an artisan
	region string          // an agent's
}

// performers are the demonstration's people, whom a newcomer plays one after the other. The artisan's app speaks the browser's language.
func performers() []performer {
	return []performer{{
		Cast: simulator.Cast{
			Profile: simulator.Profile{ID: 7_100_000_001, FirstName: "Amina"},
			Labels:  map[string]string{"fr": "Artisane", "ar": "صانعة تقليدية", "en": "Artisan"},
		},
	}, {
		Cast: simulator.Cast{
			Profile: simulator.Profile{ID: 7_100_000_002, FirstName: "Khadija", LanguageCode: "fr"},
			Labels:  map[string]string{"fr": "Organisatrice", "ar": "منظِّمة", "en": "Organiser"},
		},
		chosen: locale.French, role: people.Organiser,
	}, {
		Cast: simulator.Cast{
			Profile: simulator.Profile{ID: 7_100_000_003, FirstName: "Youssef", LanguageCode: "ar"},
			Labels:  map[string]string{"fr": "Chambre de Fès", "ar": "غرفة فاس", "en": "Chamber of Fès"},
		},
		chosen: locale.Arabic, role: people.Agent, region: "03",
	}}
}

// enter lets the staff among the performers take up invitations, as real staff do. What they sent waits for the bot like any update: their
// phones show its answer when it has come up.
func enter(ctx context.Context, pool *pgxpool.Pool, telegram *simulator.Server, now time.Time) error {
	for _, p := range performers() {
		if p.role == "" {
			continue
		}
		if _, err := pool.Exec(ctx, `INSERT INTO chats (chat_id, language) VALUES ($1, $2)`, p.ID, p.chosen); err != nil {
			return fmt.Errorf("choose a language for the demonstration's %s: %w", p.role, err)
		}
		code, err := people.Invite(ctx, pool, nil, p.role, p.region, now, rand.Reader)
		if err != nil {
			return err
		}
		telegram.Person(p.Profile).Start(people.InvitationPayload(code)) //nolint:contextcheck // a person of the simulator acts in their own time
	}
	return nil
}
