package flow

// A flow as it is written, with what its names stand for.
type flow struct {
	name     string
	file     string
	line     int
	about    string
	resume   string
	resumeAt int // line
	triggers []word
	roles    []word // who may be in it; none: everybody
	with     []*variable
	vars     []*variable // with ones first
	byName   map[string]*variable
	steps    []*step
	byStep   map[string]*step
	recap    []param
	broken   bool // it could not be read whole: what is wrong with its steps would be noise
}

// A variable of a flow.
type variable struct {
	name    string
	typ     string // text, number, bool, list
	line    int
	longest int // of a text, in characters; grows while the flow is linked
	given   bool
}

// A word is a string with the line that it stands on.
type word struct {
	text string
	line int
}

type stepKind uint8

const (
	stepSay stepKind = iota
	stepAsk
	stepDo
	stepBranch
	stepCall
	stepSet
)

var stepWords = [...]string{"say", "ask", "do", "branch", "call", "set"}

type step struct {
	flow *flow
	name string
	line int
	kind stepKind
	next target // where it goes on; resolved, also when it was left out
	keep bool

	// say, ask
	text   word
	params []param
	count  word
	plural bool
	long   bool
	lead   bool
	head   bool // a lead that is never parted from what it stands above
	attach []attach

	// do, call, set
	name2  word // the action, or the called flow
	callee *flow
	args   []argument
	on     []outcome
	save   []saving // call: mine <- theirs; ask: variable <- part
	arms   []arm

	question *question
}

// A param is a parameter of a text, and where its value comes from.
type param struct {
	name   string
	source source
}

type source uint8

const (
	fromVariable source = iota
	fromLanguage
	fromRole
	fromParked
	fromParkedAbout
	fromCount
	fromExample
	fromMin
	fromMax
)

type attach struct {
	kind word
	from word
}

type argument struct {
	name word
	expr *expression
}

type outcome struct {
	name word
	to   target
}

type arm struct {
	cond *expression // nil: holds always
	to   target
	line int
}

// A saving puts a part of an answer, or a variable of a called flow, into a variable.
type saving struct {
	part string // "" = the main part
	into string
	line int
	typ  string // of the variable it goes into
}

type targetKind uint8

const (
	toNothing targetKind = iota // not said
	toStep
	toMenu
	toBack
	toReturn
	toResume
	toStay
)

var reserved = map[string]targetKind{
	"menu": toMenu, "back": toBack, "return": toReturn, "resume": toResume, "stay": toStay,
}

type target struct {
	word word
	kind targetKind
	step *step
}

// A question is what an ask step waits for.
type question struct {
	fixed   []*choice
	list    *list
	accepts [answerKinds]bool
	button  word // of a contact or location request
	request Kind
	minText int
	maxText int
	minNum  int
	maxNum  int
	example word
	wrong   []word
	wrongs  [2][]param
	out     target
	nav     bool
	asides  bool // a question typed at it is answered, and it comes again
	columns int
	mixed   bool // has a list or takes an answer: a choice with its own way is not saved
}

type answerKind uint8

const (
	answerText answerKind = iota
	answerNumber
	answerPhone
	answerContact
	answerLocation
	answerVoice
	answerPhoto
	answerVideo
	answerDocument
	answerKinds
)

var answerWords = [answerKinds]string{"text", "number", "phone", "contact", "location", "voice", "photo", "video", "document"}

// parts of each kind of answer, the first being what a bare save takes, with their types. Every answer has "kind" too.
var answerParts = [answerKinds][]saving{
	{{part: "text", typ: "text"}},
	{{part: "number", typ: "number"}},
	{{part: "phone", typ: "text"}},
	{{part: "phone", typ: "text"}},
	{{part: "lat", typ: "text"}, {part: "lon", typ: "text"}},
	{{part: "file", typ: "text"}, {part: "seconds", typ: "number"}, {part: "text", typ: "text"}},
	{{part: "file", typ: "text"}, {part: "text", typ: "text"}},
	{{part: "file", typ: "text"}, {part: "seconds", typ: "number"}, {part: "size", typ: "number"}, {part: "text", typ: "text"}},
	{{part: "file", typ: "text"}, {part: "size", typ: "number"}, {part: "text", typ: "text"}},
}

type choice struct {
	key    word
	text   word
	to     target
	cond   *expression
	door   []piece // nil: an ordinary choice
	doorAt word
	set    []argument
	folded []string // its label in each language, folded
	line   int
}

// A piece of a door: words as they are, or a variable's value.
type piece struct {
	words    string
	variable string
}

type list struct {
	from    word
	args    []argument
	page    int
	search  bool
	columns int
	many    bool
	done    word
	finish  []string // its label in each language, folded
	empty   target
}
