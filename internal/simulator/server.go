// Package simulator is a Telegram on one machine: a Bot API server, the people who talk to the bot, and a page of phones to
// talk through. A bot that works here works at Telegram, as far as the methods below go: updates by polling or webhook,
// messages with their files and keyboards, edits, callback answers, commands, Telegram's limits and its error words.
//
// It keeps everything in memory, for one bot, and promises nothing across restarts. It knows nothing of Qafila.
//
// Where it differs from Telegram on purpose: webhooks may be plain http on any port; a callback query may be answered twice;
// methods that it doesn't know answer 404; a keyboard over Telegram's limits is refused where Telegram sometimes cuts it.
package simulator

import (
	"context"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Options describe the bot and its surroundings. Zero values are good ones.
type Options struct {
	Token    string           // as BotFather would give it; "" makes one up
	Username string           // without @; default "qafila_demo_bot"
	Name     string           // shown on the page; default "Qafila"
	Now      func() time.Time // dates messages; default time.Now. Without NextDay it ages updates and callback queries too
	Towns    []Town           // offered by the page's location picker
	Limits   Limits           // zero: no flood control
	Cast     []Cast           // who is there from the start
	Zone     *time.Location   // of everybody's phone; nil: the browser's

	// NextDay is behind the page's button for it: it moves Now on and says where it is then. nil: no button. Updates and callback queries
	// age by the real clock, which doesn't jump.
	NextDay func(context.Context) (time.Time, error)
}

// Town is a place that the page offers when a person shares a location.
type Town struct {
	Name string  `json:"name"`
	Lat  float64 `json:"lat"`
	Lon  float64 `json:"lon"`
}

// Server is the simulated Telegram. It is an http.Handler, and safe for concurrent use.
type Server struct {
	token   string
	bot     user
	towns   []Town
	zone    *time.Location
	now     func() time.Time // dates messages
	clock   func() time.Time // ages updates and callback queries
	nextDay func(context.Context) (time.Time, error)
	methods map[string]method
	pages   http.Handler
	phone   *http.ServeMux

	ctx    context.Context // ends with Close: stops webhook deliveries, long polls and event streams
	cancel context.CancelFunc
	work   sync.WaitGroup

	failures    atomic.Pointer[func(method string, chat int64) *Failure]
	connections atomic.Int64

	mu       sync.Mutex // guards all below; held for moments, never while waiting
	chats    map[int64]*chat
	people   []*Person
	nextID   int64 // of the next person without one
	messages int   // the last message id: private chats share one count, as they do at Telegram
	callback map[string]*openCallback
	presses  []string // keys of callback, oldest first
	pressed  int64
	settings settings
	files    files
	queue    queue
	hook     *webhook
	flood    flood
	calls    map[string]int
	sent     []SentRecord
	keepSent bool

	perSecond map[int64]int // see Tally
	refusals  int
}

// New makes a server that listens nowhere yet: give it to an http.Server or httptest, and Close it in the end.
func New(o Options) *Server {
	if o.Token == "" {
		o.Token = "700000001:AAF-simulated-token-for-one-machine"
	}
	if o.Username == "" {
		o.Username = "qafila_demo_bot"
	}
	if o.Name == "" {
		o.Name = "Qafila"
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	ctx, cancel := context.WithCancel(context.Background())
	s := &Server{
		token:    o.Token,
		bot:      user{ID: tokenID(o.Token), IsBot: true, FirstName: o.Name, Username: o.Username},
		towns:    o.Towns,
		zone:     o.Zone,
		now:      o.Now,
		clock:    o.Now,
		nextDay:  o.NextDay,
		ctx:      ctx,
		cancel:   cancel,
		chats:    map[int64]*chat{},
		nextID:   7_100_000_001, // as new accounts have them: beyond 32 bits
		callback: map[string]*openCallback{},
		settings: newSettings(),
		files:    newFiles(),
		methods:  knownMethods(),
		queue:    newQueue(),
		flood:    newFlood(o.Limits, time.Now),
		calls:    map[string]int{},
		keepSent: true,

		perSecond: map[int64]int{},
	}
	if s.nextDay != nil {
		s.clock = time.Now
	}
	s.gather(o.Cast)
	s.pages = pageHandler()
	s.phone = s.phoneRoutes()
	return s
}

// Token is what the bot must call with.
func (s *Server) Token() string { return s.token }

// Username is the bot's, without @.
func (s *Server) Username() string { return s.bot.Username }

// Close ends webhook deliveries, waiting polls and event streams, and waits for the deliveries. The state stays readable.
// Call it before the http.Server's Shutdown, which would wait for the streams.
func (s *Server) Close() {
	s.mu.Lock() // nothing starts work after this
	s.cancel()
	s.mu.Unlock()
	s.work.Wait()
}

// ServeHTTP answers the Bot API at /bot<token>/<method>, its files at /file/bot<token>/<path>, the page at / and the page's
// own API under /phone/.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	path := r.URL.Path
	switch {
	case strings.HasPrefix(path, "/bot"):
		s.serveMethod(w, r, strings.TrimPrefix(path, "/bot"))
	case strings.HasPrefix(path, "/file/bot"):
		s.serveDownload(w, strings.TrimPrefix(path, "/file/bot"))
	case strings.HasPrefix(path, "/phone/"):
		s.phone.ServeHTTP(w, r)
	default:
		s.pages.ServeHTTP(w, r)
	}
}

// tokenID is the bot's user id, which Telegram puts before the colon of a token.
func tokenID(token string) int64 {
	id := int64(0)
	for _, c := range token {
		if c < '0' || c > '9' || id > 1e15 {
			break
		}
		id = id*10 + int64(c-'0')
	}
	if id == 0 {
		return 700_000_001
	}
	return id
}
