package simulator

import (
	"bytes"
	"encoding/json"
	"image"
	"image/color"
	"image/png"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func picture(t *testing.T, w, h int) []byte {
	t.Helper()
	m := image.NewGray(image.Rect(0, 0, w, h))
	m.SetGray(1, 1, color.Gray{Y: 200})
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func (tg *telegram) download(path string) (int, []byte) {
	tg.t.Helper()
	resp, err := tg.http.Get(tg.url + path)
	if err != nil {
		tg.t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		tg.t.Fatal(err)
	}
	return resp.StatusCode, raw
}

func TestThePersonsFilesCanBeFetched(t *testing.T) {
	tg := start(t, Options{})
	p := tg.Person(Profile{})
	photo := picture(t, 400, 200)
	p.SendPhoto(photo, "mon atelier")
	p.SendVoice([]byte("OggS"), 7)
	p.SendDocument("liste des membres.pdf", []byte("%PDF"), "")
	p.SendVideo([]byte("mp4"), 3, "")
	p.SendSticker()
	us := tg.updates(nil)
	m := us[0].Message
	if n := len(m.Photo); n != 2 || m.Photo[1].Width != 400 || m.Photo[0].Width != 90 || m.Photo[0].Height != 45 || m.Caption != "mon atelier" {
		t.Fatalf("photo %+v %q", m.Photo, m.Caption)
	}
	if v := us[1].Message.Voice; v == nil || *v.Duration != 7 || v.MIMEType != "audio/ogg" {
		t.Fatalf("voice %+v", v)
	}
	if d := us[2].Message.Document; d == nil || d.FileName != "liste des membres.pdf" || d.MIMEType != "application/pdf" {
		t.Fatalf("document %+v", d)
	}
	for id, want := range map[string]string{
		m.Photo[1].FileID:             string(photo),
		us[1].Message.Voice.FileID:    "OggS",
		us[2].Message.Document.FileID: "%PDF",
		us[3].Message.Video.FileID:    "mp4",
	} {
		var f fileInfo
		if r := tg.call("getFile", map[string]any{"file_id": id}); json.Unmarshal(r.Result, &f) != nil || f.FileSize != len(want) {
			t.Fatalf("getFile: %s %s", r.Description, r.Result)
		}
		if status, raw := tg.download("/file/bot" + tg.Token() + "/" + f.FilePath); status != 200 || string(raw) != want {
			t.Errorf("%s: %d, %d bytes", f.FilePath, status, len(raw))
		}
		if status, _ := tg.download("/file/botwrong/" + f.FilePath); status != http.StatusUnauthorized {
			t.Errorf("a wrong token downloads: %d", status)
		}
	}
	if us[4].Message.Sticker == nil {
		t.Error("no sticker")
	}
	tg.refused("getFile", map[string]any{"file_id": "x"}, 400, "Bad Request: invalid file_id")
	if status, _ := tg.download("/file/bot" + tg.Token() + "/photos/file_99.jpg"); status != http.StatusNotFound {
		t.Errorf("a missing file: %d", status)
	}
}

func TestBigFilesCantBeFetched(t *testing.T) {
	tg := start(t, Options{})
	tg.Person(Profile{}).SendDocument("big.bin", make([]byte, maxDownload+1), "")
	tg.refused("getFile", map[string]any{"file_id": tg.updates(nil)[0].Message.Document.FileID}, 400, "Bad Request: file is too big")
}

func TestTheBotsFilesReachThePerson(t *testing.T) {
	tg := start(t, Options{})
	p := tg.Person(Profile{ID: 5})
	p.Start("")
	photo := string(picture(t, 30, 30))
	r := tg.upload("sendPhoto", map[string]string{"chat_id": "5", "caption": "<b>Billet</b>", "parse_mode": "HTML"}, map[string][2]string{"photo": {"qr.png", photo}})
	var m message
	if !r.OK || json.Unmarshal(r.Result, &m) != nil || len(m.Photo) != 2 {
		t.Fatalf("sendPhoto: %s %s", r.Description, r.Result)
	}
	if e := next(t, p); string(e.Message.Photo.Data()) != photo || e.Message.Caption != "Billet" || e.Message.Entities[0].Type != "bold" {
		t.Errorf("the person sees %+v", e.Message)
	}
	tg.must("sendPhoto", map[string]any{"chat_id": 5, "photo": m.Photo[1].FileID})
	if e := next(t, p); string(e.Message.Photo.Data()) != photo {
		t.Error("a photo sent again by its file_id is another one")
	}
	r = tg.upload("sendDocument", map[string]string{"chat_id": "5", "document": "attach://cal"}, map[string][2]string{"cal": {"étape.ics", "BEGIN:VCALENDAR"}})
	if !r.OK {
		t.Fatal(r.Description)
	}
	if d := next(t, p).Message.Document; d.Name != "étape.ics" || d.MIME != "text/calendar" || string(d.Data()) != "BEGIN:VCALENDAR" {
		t.Errorf("document %+v", d)
	}
	for method, field := range map[string]string{"sendVoice": "voice", "sendVideo": "video", "sendAudio": "audio", "sendAnimation": "animation"} {
		if r := tg.upload(method, map[string]string{"chat_id": "5", "duration": "3"}, map[string][2]string{field: {"x", "data"}}); !r.OK {
			t.Errorf("%s: %s", method, r.Description)
		}
	}
}

func TestAFileGoesAgainAsItWas(t *testing.T) {
	tg := start(t, Options{})
	p := tg.Person(Profile{ID: 5})
	p.Start("")
	p.SendPhoto([]byte("no picture that a test made"), "")
	p.SendVoice([]byte("OggS"), 7)
	p.SendVideo([]byte("mp4"), 9, "")
	p.SendDocument("étape.pdf", []byte("%PDF"), "")
	us := tg.updates(nil)
	photo, voice, video, document := us[1].Message.Photo, us[2].Message.Voice, us[3].Message.Video, us[4].Message.Document
	for range 2 {
		m := tg.must("sendPhoto", map[string]any{"chat_id": 5, "photo": photo[0].FileID, "caption": "de tous"})
		if diff := cmp.Diff(photo, m.Photo); diff != "" || m.Caption != "de tous" {
			t.Errorf("the photo, by its small size's id: %q %s", m.Caption, diff)
		}
		if diff := cmp.Diff(voice, tg.must("sendVoice", map[string]any{"chat_id": 5, "voice": voice.FileID}).Voice); diff != "" {
			t.Errorf("the voice: %s", diff)
		}
		if diff := cmp.Diff(video, tg.must("sendVideo", map[string]any{"chat_id": 5, "video": video.FileID}).Video); diff != "" {
			t.Errorf("the video: %s", diff)
		}
		if diff := cmp.Diff(document, tg.must("sendDocument", map[string]any{"chat_id": 5, "document": document.FileID}).Document); diff != "" {
			t.Errorf("the document: %s", diff)
		}
	}
	tg.refused("sendDocument", map[string]any{"chat_id": 5, "document": photo[1].FileID}, 400, "Bad Request: type of file mismatch")
	if n := tg.files.total; n != 5 {
		t.Errorf("%d files are kept, want the 4 and the photo's small size", n)
	}
}

func TestBadFilesAreRefused(t *testing.T) {
	tg := start(t, Options{})
	p := tg.Person(Profile{ID: 5})
	p.Start("")
	p.SendVoice([]byte("OggS"), 1)
	us := tg.updates(nil)
	for _, c := range []struct {
		method string
		params map[string]string
		files  map[string][2]string
		want   string
	}{
		{"sendPhoto", nil, nil, "Bad Request: there is no photo in the request"},
		{"sendDocument", nil, map[string][2]string{"document": {"a.txt", ""}}, "Bad Request: file must be non-empty"},
		{"sendPhoto", nil, map[string][2]string{"photo": {"a.png", "no picture"}}, "Bad Request: IMAGE_PROCESS_FAILED"},
		{"sendPhoto", map[string]string{"photo": "unknown"}, nil, "Bad Request: wrong file identifier/HTTP URL specified"},
		{"sendPhoto", map[string]string{"photo": us[1].Message.Voice.FileID}, nil, "Bad Request: type of file mismatch"},
		{"sendDocument", map[string]string{"document": "attach://none"}, nil, "Bad Request: there is no file with the name none in the request"},
		{"sendDocument", map[string]string{"caption": strings.Repeat("a", 1025)}, map[string][2]string{"document": {"a.txt", "x"}},
			"Bad Request: message caption is too long"},
	} {
		params := map[string]string{"chat_id": "5"}
		for k, v := range c.params {
			params[k] = v
		}
		if r := tg.upload(c.method, params, c.files); r.ErrorCode != 400 || r.Description != c.want {
			t.Errorf("%s %v = %q, want %q", c.method, c.params, r.Description, c.want)
		}
	}
	// Without a connection: a real one may be cut before the client reads the answer.
	w := httptest.NewRecorder()
	tg.ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/bot"+tg.Token()+"/sendDocument", io.LimitReader(zeros{}, maxUpload+1)))
	if w.Code != http.StatusRequestEntityTooLarge {
		t.Errorf("an upload over 50 MB: %d", w.Code)
	}
}

type zeros struct{}

func (zeros) Read(b []byte) (int, error) { return len(b), nil }

func TestCaptionsAreEdited(t *testing.T) {
	tg := start(t, Options{})
	p := tg.Person(Profile{ID: 5})
	p.Start("")
	r := tg.upload("sendDocument", map[string]string{"chat_id": "5", "caption": "one"}, map[string][2]string{"document": {"a.txt", "x"}})
	var m message
	if err := json.Unmarshal(r.Result, &m); err != nil {
		t.Fatal(err)
	}
	id := map[string]any{"chat_id": 5, "message_id": m.MessageID, "text": "x", "caption": "two"}
	tg.must("editMessageCaption", id)
	tg.refused("editMessageText", id, 400, "Bad Request: there is no text in the message to edit")
	if chat := p.Chat(); chat[1].Caption != "two" {
		t.Errorf("caption %q", chat[1].Caption)
	}
}
