package main

import (
	"context"
	"time"
)

// answersEvery is how often each running program looks whether staff changed an answer.
const answersEvery = 3 * time.Second

// keepAnswers takes over what staff change in the answers, until ctx ends. Every instance does so for itself: the knowledge is in memory.
func (v *service) keepAnswers(ctx context.Context) {
	every(ctx, answersEvery, v.refreshAnswers)
}

// readAnswers makes the answers ready before anybody asks: the first question would wait for the index.
func (v *service) readAnswers(ctx context.Context) {
	v.refreshAnswers(ctx)
	v.house.rooms.Answers.Warm()
}

// refreshAnswers looks once.
func (v *service) refreshAnswers(ctx context.Context) {
	left, err := v.house.rooms.Answers.Refresh(ctx, v.db.Pool)
	if err != nil {
		v.warn(ctx, "could not look whether the answers were changed", err)
	}
	for _, what := range left {
		v.log.Warn("a change of the answers no longer fits and is left out", "what", what)
	}
}
