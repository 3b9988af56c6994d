package simulator

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strconv"
	"strings"
)

// The page's own API: JSON in, {"ok":true} or {"error":…} out. Messages and keyboards are the Bot API's own objects.

func (s *Server) phoneRoutes() *http.ServeMux {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /phone/info", s.phoneInfo)
	mux.HandleFunc("GET /phone/people", s.phonePeople)
	mux.HandleFunc("POST /phone/people", s.phoneNewPerson)
	mux.HandleFunc("POST /phone/later", s.phoneLater)
	// One pattern for two: /phone/file/{file} and /phone/{id}/events would overlap, which ServeMux refuses.
	mux.HandleFunc("GET /phone/{id}/{file}", func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.PathValue("id") == "file":
			s.phoneFile(w, r)
		case r.PathValue("file") == "events":
			s.phoneEvents(w, r)
		default:
			http.NotFound(w, r)
		}
	})
	for path, act := range map[string]func(*Person, *http.Request) error{
		"text": phoneText, "press": phonePress, "contact": phoneContact, "location": phoneLocation, "edit": phoneEdit,
		"photo": phonePhoto, "voice": phoneVoice, "document": phoneDocument, "sticker": phoneSticker,
		"block": phoneBlock, "unblock": phoneUnblock,
	} {
		mux.HandleFunc("POST /phone/{id}/"+path, s.phoneAct(act))
	}
	return mux
}

var errBlocked = errors.New("you have blocked the bot")

// phoneAct finds the person, and tells the page how the act went.
func (s *Server) phoneAct(act func(*Person, *http.Request) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		p := s.phonePerson(r)
		if p == nil {
			writeJSON(w, http.StatusNotFound, map[string]string{"error": "no such person"})
			return
		}
		r.Body = http.MaxBytesReader(w, r.Body, maxUpload)
		if err := act(p, r); err != nil {
			writeJSON(w, http.StatusBadRequest, map[string]string{"error": err.Error()})
			return
		}
		writeJSON(w, http.StatusOK, map[string]bool{"ok": true})
	}
}

func (s *Server) phonePerson(r *http.Request) *Person {
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if c := s.chats[id]; c != nil {
		return c.person
	}
	return nil
}

func (s *Server) phoneInfo(w http.ResponseWriter, _ *http.Request) {
	towns := s.towns
	if towns == nil {
		towns = []Town{}
	}
	writeJSON(w, http.StatusOK, map[string]any{
		"bot": map[string]string{"name": s.bot.FirstName, "username": s.bot.Username}, "towns": towns,
		"zone": zoneSteps(s.zone, s.now()), "now": unix(s.now()), "next_day": s.nextDay != nil,
	})
}

type phoneProfile struct {
	ID           int64  `json:"id"`
	FirstName    string `json:"first_name"`
	LastName     string `json:"last_name"`
	LanguageCode string `json:"language_code"`
	Phone        string `json:"phone"`

	Labels map[string]string `json:"labels,omitempty"` // of the cast
}

func (p *Person) phoneProfile() phoneProfile {
	f := p.profile
	return phoneProfile{f.ID, f.FirstName, f.LastName, f.LanguageCode, f.Phone, p.labels}
}

func (s *Server) phonePeople(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	s.settleLanguages(r)
	people := make([]phoneProfile, len(s.people))
	for i, p := range s.people {
		people[i] = p.phoneProfile()
	}
	s.mu.Unlock()
	writeJSON(w, http.StatusOK, people)
}

func (s *Server) phoneNewPerson(w http.ResponseWriter, r *http.Request) {
	var in phoneProfile
	if err := readJSON(r, &in); err != nil {
		writeJSON(w, http.StatusBadRequest, map[string]string{"error": err.Error()})
		return
	}
	p := s.Person(Profile{FirstName: in.FirstName, LastName: in.LastName, LanguageCode: in.LanguageCode, Phone: in.Phone})
	writeJSON(w, http.StatusOK, p.phoneProfile())
}

func phoneText(p *Person, r *http.Request) error {
	var in struct {
		Text string `json:"text"`
	}
	if err := readJSON(r, &in); err != nil {
		return err
	}
	if strings.TrimSpace(in.Text) == "" {
		return errors.New("text is empty")
	}
	if p.pressedKeyboard(in.Text) {
		return nil
	}
	return sentOr(p.Send(in.Text))
}

// pressedKeyboard tells whether the text is that of a plain button under the chat, and presses it then: the page sends such
// a button as its text, as apps do.
func (p *Person) pressedKeyboard(text string) bool {
	s := p.server
	s.mu.Lock()
	defer s.mu.Unlock()
	k := readKeyboard(p.chat.keyboard)
	if k == nil || p.chat.blocked {
		return false
	}
	for _, row := range k.Keyboard {
		for _, b := range row {
			if b.plain() && b.Text == text {
				p.postLocked(func(m *message) { m.Text, m.Entities = text, sortEntities(detectEntities(text, nil)) })
				p.keyboardUsed()
				return true
			}
		}
	}
	return false
}

func phonePress(p *Person, r *http.Request) error {
	var in struct {
		MessageID int    `json:"message_id"`
		Data      string `json:"data"`
	}
	if err := readJSON(r, &in); err != nil {
		return err
	}
	return p.PressOn(in.MessageID, in.Data)
}

func phoneContact(p *Person, _ *http.Request) error { return sentOr(p.ShareContact()) }

func phoneLocation(p *Person, r *http.Request) error {
	var in struct {
		Lat *float64 `json:"lat"`
		Lon *float64 `json:"lon"`
	}
	if err := readJSON(r, &in); err != nil {
		return err
	}
	if in.Lat == nil || in.Lon == nil {
		return errors.New("lat and lon are needed")
	}
	return sentOr(p.ShareLocation(*in.Lat, *in.Lon))
}

func phoneEdit(p *Person, r *http.Request) error {
	var in struct {
		MessageID int    `json:"message_id"`
		Text      string `json:"text"`
	}
	if err := readJSON(r, &in); err != nil {
		return err
	}
	if strings.TrimSpace(in.Text) == "" {
		return errors.New("text is empty")
	}
	p.Edit(in.MessageID, in.Text)
	return nil
}

func phonePhoto(p *Person, r *http.Request) error {
	_, data, err := phoneUpload(r)
	if err != nil {
		return err
	}
	return sentOr(p.SendPhoto(data, r.FormValue("caption")))
}

func phoneVoice(p *Person, r *http.Request) error {
	_, data, err := phoneUpload(r)
	if err != nil {
		return err
	}
	seconds, err := strconv.ParseFloat(r.FormValue("duration"), 64)
	if err != nil || seconds < 1 {
		seconds = 1
	}
	return sentOr(p.SendVoice(data, int(seconds)))
}

func phoneDocument(p *Person, r *http.Request) error {
	name, data, err := phoneUpload(r)
	if err != nil {
		return err
	}
	return sentOr(p.SendDocument(name, data, r.FormValue("caption")))
}

func phoneSticker(p *Person, _ *http.Request) error { return sentOr(p.SendSticker()) }

func phoneBlock(p *Person, _ *http.Request) error {
	p.Block()
	return nil
}

func phoneUnblock(p *Person, _ *http.Request) error {
	p.Unblock()
	return nil
}

func phoneUpload(r *http.Request) (name string, data []byte, err error) {
	file, header, err := r.FormFile("file")
	if err != nil {
		return "", nil, fmt.Errorf("read field file: %w", err)
	}
	defer func() { _ = file.Close() }() // only read
	data, err = io.ReadAll(file)
	switch {
	case err != nil:
		return "", nil, fmt.Errorf("read field file: %w", err)
	case len(data) == 0:
		return "", nil, errors.New("the file is empty")
	}
	return header.Filename, data, nil
}

// phoneFile gives a file's bytes to the page: pictures, sound and video to show, everything else to save, so that a document
// never runs as a page of ours.
func (s *Server) phoneFile(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	f := s.files.byID[r.PathValue("file")]
	s.mu.Unlock()
	if f == nil {
		writeJSON(w, http.StatusNotFound, map[string]string{"error": "no such file"})
		return
	}
	how, name := "attachment", f.Name
	kind, _, _ := strings.Cut(f.MIME, "/")
	if (kind == "image" || kind == "audio" || kind == "video") && f.MIME != "image/svg+xml" {
		how = "inline"
	}
	if name == "" {
		name = f.path[strings.LastIndex(f.path, "/")+1:]
	}
	w.Header().Set("Content-Type", f.MIME)
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Content-Disposition", mime.FormatMediaType(how, map[string]string{"filename": name}))
	_, _ = w.Write(f.data) // a page that went away has nothing to be told
}

func sentOr(id int) error {
	if id == 0 {
		return errBlocked
	}
	return nil
}

func readJSON(r *http.Request, into any) error {
	if err := json.NewDecoder(r.Body).Decode(into); err != nil {
		return fmt.Errorf("read the request: %w", err)
	}
	return nil
}

func writeJSON(w http.ResponseWriter, status int, body any) {
	raw, err := marshal(body)
	if err != nil {
		status, raw = http.StatusInternalServerError, []byte(`{"error":"encode the answer"}`)
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(raw) // a page that went away has nothing to be told
}
