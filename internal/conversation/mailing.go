package conversation

// A Mailing is one message of a broadcast to one chat, taken to be sent now.
type Mailing struct {
	Broadcast int64
	Chat      int64
	Message   *Message // shared by all who get the same words: read it, don't change it; nil: there are no words for them any more
}

// A Fate is what became of a mailing.
type Fate struct {
	Broadcast int64
	Chat      int64
	What      FateKind
	Reason    string // why it failed, in the messenger's words
}

// FateKind says it in one word.
type FateKind uint8

// The fates.
const (
	Arrived     FateKind = iota
	Unreachable          // the person blocked the bot, or is gone
	Failed               // it can never be sent
	NotYet               // it was not sent: it waits again
	Doubtful             // it may have been sent: it waits again, and will be marked as unsure
)

// Alive is the condition, in SQL, on which an instance i of the table instances counts as running: its last sign of life is less than 3 seconds
// old, and it gives one each second until it says that it is gone.
const Alive = `i.seen_at > now() - interval '3 seconds' AND NOT i.gone`
