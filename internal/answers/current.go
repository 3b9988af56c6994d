package answers

import (
	"context"
	"sync"
	"sync/atomic"

	"github.com/qafila/qafila/internal/locale"
	"github.com/qafila/qafila/internal/postgres"
)

// Current is the knowledge as it stands: what ships, and what staff changed since. Each running program looks now and then whether there is
// something new (Refresh); a turn that began before goes on with what it saw. The index is built when it is first needed, so that who asks
// nothing doesn't wait for it; Warm builds it at once.
type Current struct {
	shipped *Answers
	lexicon *Lexicon
	now     atomic.Pointer[edition]
	looking sync.Mutex // one refresh at a time
}

// edition is one state of the knowledge.
type edition struct {
	version int64
	answers *Answers
	index   func() *Index
}

// NewCurrent begins with what ships.
func NewCurrent(shipped *Answers, lx *Lexicon) *Current {
	c := &Current{shipped: shipped, lexicon: lx}
	c.now.Store(c.edition(0, shipped))
	return c
}

func (c *Current) edition(version int64, a *Answers) *edition {
	return &edition{version, a, func() *Index { return a.index(c.lexicon) }}
}

// Warm builds the index now.
func (c *Current) Warm() { c.now.Load().index() }

// Refresh takes over what staff changed, when they did. It takes as long as building an index then, and holds nobody up meanwhile. What no
// longer fits is left out and named.
func (c *Current) Refresh(ctx context.Context, q postgres.Querier) (left []string, err error) {
	c.looking.Lock()
	defer c.looking.Unlock()
	version, err := Version(ctx, q)
	if err != nil || version == c.now.Load().version {
		return nil, err
	}
	o, err := Read(ctx, q)
	if err != nil {
		return nil, err
	}
	a, left := c.shipped.With(o)
	next := c.edition(version, a)
	next.index()
	c.now.Store(next)
	return left, nil
}

// Fresh is the knowledge as q sees it this moment, also what a transaction has not committed: for those who change it. It can't Ask.
func (c *Current) Fresh(ctx context.Context, q postgres.Querier) (*Answers, error) {
	o, err := Read(ctx, q)
	if err != nil {
		return nil, err
	}
	a, _ := c.shipped.With(o)
	return a, nil
}

// Shipped is the entry as it came with the program.
func (c *Current) Shipped(id string) (Entry, bool) { return c.shipped.Get(id) }

// Ask tells what the words mean.
func (c *Current) Ask(words string) Result { return c.now.Load().index().Ask(words) }

// Alike groups texts that ask for the same; see Index.Alike.
func (c *Current) Alike(texts []string) [][]int { return c.now.Load().index().Alike(texts) }

// Get returns the entry of that ID.
func (c *Current) Get(id string) (Entry, bool) { return c.now.Load().answers.Get(id) }

// Entries returns every entry, topic by topic.
func (c *Current) Entries() []Entry { return c.now.Load().answers.Entries() }

// Topics returns the topics of the guided tree in the order in which they are offered, without those that are hidden.
func (c *Current) Topics() []Topic { return c.now.Load().answers.Topics() }

// InTopic returns the topic's entries in the order in which they are offered.
func (c *Current) InTopic(topic string) []Entry { return c.now.Load().answers.InTopic(topic) }

// Topic returns the topic of that ID.
func (c *Current) Topic(id string) (Topic, bool) { return c.now.Load().answers.Topic(id) }

// Find tells which entry the words name exactly.
func (c *Current) Find(words string) (id string, ok bool) { return c.now.Load().answers.Find(words) }

// Title names the entry on a button; "" for one that there isn't.
func (c *Current) Title(l locale.Language, id string) string {
	e, _ := c.Get(id)
	return e.Title(l)
}
