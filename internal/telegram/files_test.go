package telegram

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/qafila/qafila/internal/media"
)

func TestFetchReadsAFileAndNoMoreThanItMay(t *testing.T) {
	t.Parallel()
	const token = "123456789:AAF-a-token-that-looks-like-one-000"
	const most = 1000
	told := func(size int) string {
		return fmt.Sprintf(`{"ok":true,"result":{"file_id":"v","file_unique_id":"u","file_size":%d,"file_path":"voice/file_0.oga"}}`, size)
	}
	refused := func(code int, words string) string {
		return fmt.Sprintf(`{"ok":false,"error_code":%d,"description":"Bad Request: %s","parameters":{"retry_after":9}}`, code, words)
	}
	gives := func(n int) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, strings.Repeat("x", n)) }
	}
	for name, c := range map[string]struct {
		says   string // to getFile
		gives  http.HandlerFunc
		want   error // nil: the file, or with broken any other than the two
		broken bool
	}{
		"a file":                    {told(500), gives(500), nil, false},
		"one just as big as it may": {told(most), gives(most), nil, false},
		"of a size that isn't told": {`{"ok":true,"result":{"file_id":"v","file_unique_id":"u","file_path":"voice/file_0.oga"}}`, gives(500), nil, false},
		"too big, it says":          {told(most + 1), gives(1), media.ErrTooBig, false},
		"bigger than it says":       {told(10), gives(50 * most), media.ErrTooBig, false},
		"too big for bots":          {refused(400, "file is too big"), nil, media.ErrTooBig, false},
		"unknown":                   {refused(400, "wrong file_id or the file is temporarily unavailable"), nil, media.ErrMissing, false},
		"gone meanwhile":            {told(500), http.NotFound, media.ErrMissing, false},
		"Telegram is away":          {"<html>502 Bad Gateway</html>", nil, nil, true},
		"the token was changed":     {refused(401, "Unauthorized"), nil, nil, true},
		"the files are away":        {told(500), func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) }, nil, true},
		"a line cut off": {told(500), func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "500")
			_, _ = io.WriteString(w, "half")
			panic(http.ErrAbortHandler)
		}, nil, true},
	} {
		t.Run(name, func(t *testing.T) {
			far := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				switch r.URL.Path {
				case "/bot" + token + "/getFile":
					_, _ = io.WriteString(w, c.says)
				case "/file/bot" + token + "/voice/file_0.oga":
					c.gives(w, r)
				default:
					t.Errorf("asked for %s", strings.ReplaceAll(r.URL.Path, token, "***"))
				}
			}))
			defer far.Close()
			client, err := NewClient(far.URL, token, 1)
			if err != nil {
				t.Fatal(err)
			}
			defer client.Close()
			data, err := client.Fetch(t.Context(), "v", most)
			known := errors.Is(err, media.ErrTooBig) || errors.Is(err, media.ErrMissing)
			switch {
			case c.broken && (err == nil || known), !c.broken && !errors.Is(err, c.want), err == nil && len(data) == 0:
				t.Errorf("%d bytes, %v", len(data), err)
			case err != nil && strings.Contains(err.Error(), token):
				t.Errorf("the error tells the token: %v", err)
			}
		})
	}
	t.Run("nobody there", func(t *testing.T) {
		client, err := NewClient("http://127.0.0.1:1", token, 1)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := client.Fetch(t.Context(), "v", most); err == nil || strings.Contains(err.Error(), token) {
			t.Errorf("%v", err)
		}
	})
	t.Run("too much at once", func(t *testing.T) {
		far := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, refused(429, "Too Many Requests"))
		}))
		defer far.Close()
		client, err := NewClient(far.URL, token, 1)
		if err != nil {
			t.Fatal(err)
		}
		var busy *media.Busy
		if _, err := client.Fetch(t.Context(), "v", most); !errors.As(err, &busy) || busy.For != 9*time.Second {
			t.Errorf("%v", err)
		}
	})
}
