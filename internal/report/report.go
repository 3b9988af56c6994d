// Package report owns what a stop, a region or some days brought, told so that a chamber and the ministry can act on it: who came, how they
// found it, what they recommend, what nobody could answer, and how soon the chamber did.
//
// It promises that a Report tells of nobody: a number smaller than the least is never in it, only that it is smaller, nor can it be worked out
// (hide.go), and no quote bears its author's name, a telephone number or an identity; that who may read of one region reads of that one only;
// and that the same rows give the same Report, and the same Report the same files.
//
// It reads the rooms' tables and writes none of them. Its own keep the reports that were made and who is still to get one.
package report

import "time"

// A Scope is what a report is about: one stop, or some days, of one region or of the country.
type Scope struct {
	Stop   string // its id; Region, From and To are then what it says
	Region string // internal/directory's code; "": the whole country
	From   time.Time
	To     time.Time // the first moment that no longer belongs to it
}

// A Number is how many, or only that they are fewer than Under: then N is 0.
type Number struct {
	N     int
	Under int // 0: N is exact
}

// A Count is how many of one thing. ID is internal/directory's or a theme's id, "" for all those that are too few to be named one by one.
type Count struct {
	ID string
	Number
}

// A Report is ready to be written down: nothing in it has to be hidden any more. Lists are in the order in which they are read.
type Report struct {
	Scope  Scope
	Least  int       // of whom a number tells
	Made   time.Time // from what was in the tables by then
	Before time.Time // where the days begin that Scope's are compared with; they end at Scope.From. Zero: with none

	Stops        []Stop // by their days
	Came         Came
	Satisfaction Satisfaction
	Themes       []Theme // the weightiest first
	Voices       Number  // recommendations, all themes together
	Groups       []Group // the strongest first
	Unanswered   []Question
	Response     Response
}

// Empty tells whether nothing happened of which there is anything to tell.
func (r Report) Empty() bool {
	none := Number{}
	return len(r.Stops) == 0 && len(r.Unanswered) == 0 && r.Came.Registered == none && r.Voices == none && r.Response.Received == none
}

// A Stop is one line of the caravan's.
type Stop struct {
	ID         string
	Place      string // internal/directory's slug
	Venue      map[string]string
	Starts     time.Time
	Cancelled  bool
	Sample     bool // invented for a demonstration: the report says so
	Registered Number
	Attended   Number
	Mean       float64 // of the ratings; 0 when they are too few
	Rated      Number
}

// Came is who registered and who came.
type Came struct {
	Registered Number // who had a place, walk-ins too, without those who cancelled
	Attended   Number
	Missed     Number // had a place at a stop that is over, and did not come
	WalkIns    Number
	First      Number  // of those who came, who came for the first time that is still known; of walk-ins nobody knows
	Branches   []Count // of trades, of those who came, or registered while the stop is ahead
	Trades     []Count
	Places     []Count
	Card       map[string]Number // has the professional card: yes, no, unsure
	RNA        map[string]Number // is in the national register: yes, no, unsure
}

// Satisfaction is what those who came say of it, once each.
type Satisfaction struct {
	Asked    Number
	Answered Number
	Scores   [5]Number // of 1 to 5
	Mean     float64   // 0 when they are too few
	Spread   float64   // the standard deviation; 0 when they are too few
}

// A Theme is its recommendations now and in the days before.
type Theme struct {
	Count
	Names  map[string]string // by language, where staff gave it words; a theme that ships has its own
	Before Number            // as many days before; meaningless when Report.Before is zero
	Share  float64           // of all, 0 to 1; 0 when they are too few
}

// A Group is recommendations that say alike.
type Group struct {
	Theme  string
	Size   Number
	Quotes []Quote // at most three, which no one can be known by
}

// A Quote is somebody's words, without who.
type Quote struct {
	Language string
	Words    string
}

// A Question is one that the bot had no answer for, and how often it was asked like that. Questions are kept without where they came from:
// only a report of the whole country has them.
type Question struct {
	Language string
	Words    string
	Times    Number
}

// Response is how the chamber dealt with recommendations and questions that came in these days; with recommendations alone while the
// questions are few.
type Response struct {
	Received Number
	Answered Number // or closed with a reason
	Open     Number
	Late     Number        // open for longer than the chamber's days
	Median   time.Duration // until the first answer; 0 when they are too few
	Slowest  time.Duration // nine of ten were answered within it; 0 when they are too few
}
