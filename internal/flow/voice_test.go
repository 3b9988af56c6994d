package flow_test

import (
	"io/fs"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/qafila/qafila/internal/flow"
)

// withVoice is the test's flows and one that takes voice messages.
func withVoice(t *testing.T, heard string) (*flow.Book, []flow.Problem) {
	t.Helper()
	files := fstest.MapFS{"heard.yaml": {Data: []byte(heard)}}
	err := fs.WalkDir(os.DirFS("testdata/flows"), ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile("testdata/flows/" + path)
		files[path] = &fstest.MapFile{Data: data}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return flow.Load(files, readTexts(wordsFile), offered, understand, options)
}

const heard = `flow: heard
triggers: [voice]
with: {file: text, seconds: number}
vars: {said: text}
steps:
  what:
    ask: topics.send_ask
    answer: {text: {min: 5}}
    example: topics.example
    save: said
    next: menu
`

func TestAVoiceMessageThatNothingAskedForOpensItsFlow(t *testing.T) {
	b, problems := withVoice(t, heard)
	if b == nil {
		t.Fatal(problems)
	}
	for name, before := range map[string]string{"nothing is open": `{"v":1,"lang":"fr"}`, "the menu is open": `{"v":1,"lang":"fr","screen":4,"open":true,"frames":[{"flow":"menu","step":"ask","vars":{}}]}`,
		"where questions are asked": `{"v":1,"lang":"fr","screen":4,"open":true,"frames":[{"flow":"topics","step":"show","vars":{}}]}`,
		"another was just sent":     `{"v":1,"lang":"fr","screen":4,"open":true,"frames":[{"flow":"heard","step":"what","vars":{"file":"v0"}}]}`} {
		s, err := flow.Read([]byte(before))
		if err != nil {
			t.Fatal(err)
		}
		turn, err := b.Advance(&s, flow.Input{Kind: flow.Voice, File: "v1", Seconds: 5}, &world{})
		if err != nil || turn.Flow != "heard" || s.Variable("file") != "v1" || s.Variable("seconds") != 5 {
			t.Errorf("%s: %+v, %v, %v, %v", name, turn, s.Variable("file"), s.Variable("seconds"), err)
		}
	}
}

func TestAVoiceMessageIsAnAnswerWhereOneIsTaken(t *testing.T) {
	b, problems := withVoice(t, heard)
	if b == nil {
		t.Fatal(problems)
	}
	s, err := flow.Read([]byte(`{"v":1,"lang":"fr","screen":4,"open":true,"frames":[{"flow":"topics","step":"send","vars":{}}]}`))
	if err != nil {
		t.Fatal(err)
	}
	if turn, err := b.Advance(&s, flow.Input{Kind: flow.Voice, File: "v1", Seconds: 5}, &world{}); err != nil || turn.Flow != "menu" {
		t.Errorf("%+v, %v", turn, err)
	}
}

func TestAFlowForVoiceMessagesMustBeAbleToTakeThem(t *testing.T) {
	for wrong, hint := range map[string]string{
		"with: {seconds: number}":           "needs a text in `with`",
		"with: {file: text, seconds: text}": "needs a text in `with`",
		"for: [clerk]\nwith: {file: text}":  "must be for everybody",
	} {
		b, problems := withVoice(t, strings.Replace(heard, "with: {file: text, seconds: number}", wrong, 1))
		said := ""
		for _, p := range problems {
			said += p.String() + "\n"
		}
		if b != nil || !strings.Contains(said, hint) {
			t.Errorf("%s: %s", wrong, said)
		}
	}
}
