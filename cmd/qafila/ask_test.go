package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"strings"
	"testing"
)

func TestAskAnswersLineByLine(t *testing.T) {
	a, ix, err := understanding()
	if err != nil {
		t.Fatal(err)
	}
	in, questions := io.Pipe()
	replies, out := io.Pipe()
	done := make(chan error, 1)
	go func() {
		done <- (&askCommand{JSON: true}).answer(a, ix, in, out)
		_ = out.Close()
	}()
	read := bufio.NewReader(replies)
	for _, c := range []struct{ text, decision, id string }{
		{"taman lbita9a", "answer", "card.price"}, {"", "unknown", "oos"}, {`"<carte>"`, "answer", "card.what"}, {"météo", "unknown", "oos"},
		{strings.Repeat("météo ", 40_000), "unknown", "oos"}, // longer than a reader's buffer
	} {
		if _, err := io.WriteString(questions, c.text+"\n"); err != nil {
			t.Fatal(err)
		}
		line, err := read.ReadBytes('\n') // the answer is there before the next question
		if err != nil {
			t.Fatal(err)
		}
		var got struct {
			Text, Decision, ID string
			Score              *float64
			Candidates         []struct {
				ID    string
				Score float64
			}
		}
		if err := json.Unmarshal(line, &got); err != nil {
			t.Fatal(err)
		}
		if got.Text != c.text || got.Decision != c.decision || got.ID != c.id || got.Score == nil || got.Candidates == nil {
			t.Errorf("%.40q: %.300s", c.text, line)
		}
	}
	if _, err := io.WriteString(questions, "la caravane"); err != nil { // the last line may lack its end
		t.Fatal(err)
	}
	_ = questions.Close()
	if line, err := read.ReadString('\n'); err != nil || !strings.Contains(line, "next_stop.about") {
		t.Errorf("%s, %v", line, err)
	}
	if err := <-done; err != nil {
		t.Error(err)
	}
}

func TestAskSpeaksToAPersonAtATerminal(t *testing.T) {
	a, ix, err := understanding()
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]string{"carte pro": "card.what", "safi": "? ", "météo": a.Entries()[len(a.Entries())-1].Body("fr")} {
		var out bytes.Buffer
		if err := (&askCommand{Lang: "fr"}).answer(a, ix, strings.NewReader(text), &out); err != nil || !strings.Contains(out.String(), want) {
			t.Errorf("%q: %v\n%s\nwant %s", text, err, &out, want)
		}
	}
}

func TestAnswersStatsPrintEveryScript(t *testing.T) {
	var out bytes.Buffer
	if err := (&answersStats{Set: "../../internal/answers/testdata/dev"}).print(&out); err != nil {
		t.Fatal(err)
	}
	if got := strings.Count(out.String(), "%"); got < 6*5 || !strings.Contains(out.String(), "latin") {
		t.Errorf("too little:\n%s", &out)
	}
	if err := (&answersStats{Set: t.TempDir()}).print(io.Discard); err == nil {
		t.Error("a folder without questions has figures")
	}
	if err := (answersCheck{}).Run(); err != nil {
		t.Error(err)
	}
}
