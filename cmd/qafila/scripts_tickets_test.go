package main

import (
	"crypto/rand"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/qafila/qafila/internal/caravan"
	"github.com/qafila/qafila/internal/locale"
)

// ticketOf finds the payload of the ticket of somebody's last registration: "of artisan".
func (p *player) ticketOf(what string) string {
	p.t.Helper()
	a := p.actors[strings.TrimPrefix(what, "of ")]
	if a == nil {
		p.fail("nobody is %q", what)
	}
	var ref string
	if err := p.rig.pool.QueryRow(p.t.Context(), `SELECT reference FROM registrations WHERE chat_id = $1 ORDER BY id DESC LIMIT 1`, a.person.ID()).Scan(&ref); err != nil {
		p.fail("the %s has no registration: %v", a.name, err)
	}
	_, payload, _ := strings.Cut(p.rig.service.house.rooms.TicketLink(ref), "?start=")
	return payload
}

// register puts somebody's registration there without a conversation: "demo-fes, Ali Benali". The first of a chat at a stop is the chat's own person.
func (p *player) register(name, what string) {
	p.t.Helper()
	if parts[name].Name == "" {
		p.fail("nobody is %q", name)
	}
	stop, who, ok := strings.Cut(what, ",")
	if !ok {
		p.fail("a registration is written as: registered artisan: demo-fes, Ali Benali")
	}
	speaks, who := p.actor, strings.TrimSpace(who)
	a := p.who(name)
	p.actor = speaks
	err := pgx.BeginFunc(p.t.Context(), p.rig.pool, func(tx pgx.Tx) error {
		_, _, there, err := caravan.Own(p.t.Context(), tx, a.person.ID(), stop)
		if err != nil {
			return err
		}
		got, err := caravan.Register(p.t.Context(), tx, caravan.Registration{Stop: caravan.Stop{ID: stop}, Chat: a.person.ID(), Self: there == 0, Name: who,
			NameKey: locale.Fold(who), Trade: "T01", Place: "fes"}, p.clock.now(), rand.Reader)
		if err == nil && got.Reference == "" {
			p.fail("%s has no place at %s: %+v", who, stop, got)
		}
		return err
	})
	if err != nil {
		p.fail("%v", err)
	}
}
