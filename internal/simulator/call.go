package simulator

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// maxUpload is what the Bot API takes in one request: files to 50 MB, and room for the form around them.
const maxUpload = 50<<20 + 1<<20

// call is one method call: parameters as Telegram reads them, whether they came as query, form, multipart or JSON.
type call struct {
	method  string
	values  map[string]string
	uploads map[string]upload
	client  <-chan struct{} // closed when the caller went away
}

type upload struct {
	name string
	mime string
	data []byte
}

// failure is an error answer. Description carries its class ("Bad Request: …") as the Bot API does.
type failure struct {
	code        int
	description string
	retryAfter  int // seconds; 0 = none
}

func badRequest(format string, args ...any) *failure {
	return &failure{code: http.StatusBadRequest, description: "Bad Request: " + fmt.Sprintf(format, args...)}
}

func forbidden(why string) *failure {
	return &failure{code: http.StatusForbidden, description: "Forbidden: " + why}
}

func conflict(why string) *failure {
	return &failure{code: http.StatusConflict, description: "Conflict: " + why}
}

// described is a result with a description beside it, as setWebhook gives.
type described struct {
	result      any
	description string
}

func (s *Server) serveMethod(w http.ResponseWriter, r *http.Request, rest string) {
	token, method, ok := strings.Cut(rest, "/")
	switch {
	case !ok || method == "" || strings.Contains(method, "/"):
		answer(w, nil, &failure{code: http.StatusNotFound, description: "Not Found"})
		return
	case token != s.token:
		answer(w, nil, &failure{code: http.StatusUnauthorized, description: "Unauthorized"})
		return
	}
	c, err := readCall(w, r, method)
	if err != nil {
		answer(w, nil, err)
		return
	}
	if fault := s.faultOf(c); fault != nil {
		fault.apply(w, r, func() { s.do(c) })
		return
	}
	result, err := s.do(c)
	answer(w, result, err)
}

// do counts the call and works it through.
func (s *Server) do(c *call) (any, *failure) {
	do, known := s.methods[strings.ToLower(c.method)]
	if !known {
		return nil, &failure{code: http.StatusNotFound, description: "Not Found: method not found"}
	}
	s.mu.Lock()
	s.calls[strings.ToLower(c.method)]++
	s.mu.Unlock()
	return do(s, c)
}

func answer(w http.ResponseWriter, result any, err *failure) {
	body := map[string]any{"ok": err == nil}
	status := http.StatusOK
	if err != nil {
		status = err.code
		body["error_code"], body["description"] = err.code, err.description
		if err.retryAfter > 0 {
			body["parameters"] = map[string]int{"retry_after": err.retryAfter}
			w.Header().Set("Retry-After", strconv.Itoa(err.retryAfter))
		}
	} else if d, ok := result.(described); ok {
		body["result"], body["description"] = d.result, d.description
	} else {
		body["result"] = result
	}
	w.Header().Set("Content-Type", "application/json")
	raw, encodeErr := marshal(body)
	if encodeErr != nil {
		status, raw = http.StatusInternalServerError, []byte(`{"ok":false,"error_code":500,"description":"Internal Server Error"}`)
	}
	w.WriteHeader(status)
	_, _ = w.Write(raw) // a caller that went away has nothing to be told
}

// marshal leaves <, > and & alone, as Telegram does.
func marshal(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimRight(b.Bytes(), "\n"), nil
}

func readCall(w http.ResponseWriter, r *http.Request, method string) (*call, *failure) {
	c := &call{method: method, values: map[string]string{}, uploads: map[string]upload{}, client: r.Context().Done()}
	for name, values := range r.URL.Query() {
		c.values[name] = values[0]
	}
	if r.Method != http.MethodPost {
		return c, nil
	}
	body := http.MaxBytesReader(w, r.Body, maxUpload)
	err := c.readBody(r.Header.Get("Content-Type"), body)
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return nil, &failure{code: http.StatusRequestEntityTooLarge, description: "Request Entity Too Large"}
	case err != nil:
		return nil, badRequest("can't parse request: %v", err)
	}
	return c, nil
}

// readBody adds a body's parameters. A JSON body becomes what a form would have held: strings as they are, the rest as JSON.
func (c *call) readBody(contentType string, body io.Reader) error {
	kind, params, _ := mime.ParseMediaType(contentType)
	switch kind {
	case "application/json":
		raw, err := io.ReadAll(body)
		if err != nil || len(bytes.TrimSpace(raw)) == 0 {
			return err
		}
		var object map[string]json.RawMessage
		if err := json.Unmarshal(raw, &object); err != nil {
			return errors.New("can't parse JSON object")
		}
		for name, value := range object {
			var text string
			if json.Unmarshal(value, &text) == nil && value[0] == '"' {
				c.values[name] = text
			} else if string(value) != "null" {
				c.values[name] = string(value)
			}
		}
	case "multipart/form-data":
		if err := c.readMultipart(multipart.NewReader(body, params["boundary"])); err != nil {
			return err
		}
		// net/http notices that a caller went away only once the body is read to its very end.
		_, err := io.Copy(io.Discard, body)
		return err
	case "application/x-www-form-urlencoded", "":
		raw, err := io.ReadAll(body)
		if err != nil {
			return err
		}
		form, err := url.ParseQuery(string(raw))
		if err != nil {
			return err
		}
		for name, values := range form {
			c.values[name] = values[0]
		}
	default:
		_, err := io.Copy(io.Discard, body)
		return err
	}
	return nil
}

func (c *call) readMultipart(form *multipart.Reader) error {
	for {
		part, err := form.NextPart()
		// A library that sends no parameters sends an empty body instead of a form's end.
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		data, err := io.ReadAll(part)
		if err != nil {
			return err
		}
		if part.FileName() == "" {
			c.values[part.FormName()] = string(data)
			continue
		}
		c.uploads[part.FormName()] = upload{name: part.FileName(), mime: part.Header.Get("Content-Type"), data: data}
	}
}

func (c *call) str(name string) string { return c.values[name] }

func (c *call) flag(name string) bool {
	switch strings.ToLower(c.values[name]) {
	case "true", "1", "yes":
		return true
	}
	return false
}

// integer reads a number, or fallback where there is none or it isn't one, as the Bot API does.
func (c *call) integer(name string, fallback int64) int64 {
	n, err := strconv.ParseInt(strings.TrimSpace(c.values[name]), 10, 64)
	if err != nil {
		return fallback
	}
	return n
}

func (c *call) float(name string) (float64, bool) {
	f, err := strconv.ParseFloat(strings.TrimSpace(c.values[name]), 64)
	return f, err == nil
}

// list reads a JSON-serialized list of strings; nil where it isn't given.
func (c *call) list(name string) ([]string, *failure) {
	raw := c.values[name]
	if raw == "" {
		return nil, nil
	}
	names := []string{}
	if err := json.Unmarshal([]byte(raw), &names); err != nil {
		return nil, badRequest("can't parse %s", name)
	}
	return names, nil
}

// unix is a moment as the API writes it: whole seconds.
func unix(t time.Time) int64 { return t.Unix() }
