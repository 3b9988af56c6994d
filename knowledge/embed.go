// Package knowledge holds what the bot may say: one YAML file a topic, read and checked by internal/answers. A fact carries the address
// of its source and the day it was checked; what nobody could confirm says so, and who knows.
package knowledge

import "embed"

// Files are the topics, under lexicon the words that mean one thing, and under likeness what makes two voices alike.
//
//go:embed *.yaml lexicon/*.yaml likeness/*.yaml
var Files embed.FS
