package media

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// s3 is the far side: one bucket of an S3-compatible store.
type s3 struct {
	mu      sync.Mutex
	objects map[string][]byte
	types   map[string]string
	fails   int // the status of the next answers; 0: it works
	calls   int
}

const anAccessKey, aSecretKey = "AKIAEXAMPLE", "geheim-geheim-geheim"

func (s *s3) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls++
	refuse := func(status int, code string) {
		w.Header().Set("Content-Type", "application/xml")
		w.WriteHeader(status)
		_, _ = io.WriteString(w, `<Error><Code>`+code+`</Code><Message>no</Message></Error>`)
	}
	switch key, inBucket := strings.CutPrefix(r.URL.Path, "/voices/"); {
	case s.fails != 0:
		refuse(s.fails, "ServiceUnavailable")
	case !strings.Contains(r.Header.Get("Authorization"), "Credential="+anAccessKey+"/"):
		refuse(http.StatusForbidden, "InvalidAccessKeyId")
	case !inBucket:
		refuse(http.StatusNotFound, "NoSuchBucket")
	case r.URL.Query().Has("location"):
		_, _ = io.WriteString(w, `<LocationConstraint>ma-1</LocationConstraint>`)
	case r.Method == http.MethodPut:
		data, err := unchunked(r)
		if err != nil {
			refuse(http.StatusBadRequest, "IncompleteBody")
			return
		}
		s.objects[key], s.types[key] = data, r.Header.Get("Content-Type")
		w.Header().Set("ETag", `"x"`)
	case r.Method == http.MethodGet && s.objects[key] == nil:
		refuse(http.StatusNotFound, "NoSuchKey")
	case r.Method == http.MethodGet:
		w.Header().Set("ETag", `"x"`)
		w.Header().Set("Last-Modified", "Tue, 24 Nov 2026 08:00:00 GMT")
		w.Header().Set("Content-Length", strconv.Itoa(len(s.objects[key])))
		_, _ = w.Write(s.objects[key])
	case r.Method == http.MethodDelete:
		delete(s.objects, key)
		w.WriteHeader(http.StatusNoContent)
	default:
		refuse(http.StatusMethodNotAllowed, "MethodNotAllowed")
	}
}

// unchunked reads a body whose pieces are signed one by one, as they are without TLS: "<hex length>;chunk-signature=…".
func unchunked(r *http.Request) ([]byte, error) {
	if !strings.HasPrefix(r.Header.Get("X-Amz-Content-Sha256"), "STREAMING-") {
		return io.ReadAll(r.Body)
	}
	var data []byte
	for in := bufio.NewReader(r.Body); ; {
		line, err := in.ReadString('\n')
		if err != nil {
			return nil, err
		}
		size, _, _ := strings.Cut(strings.TrimSpace(line), ";")
		n, err := strconv.ParseInt(size, 16, 32)
		if err != nil || n == 0 {
			return data, err
		}
		piece := make([]byte, n+2) // and a line break
		if _, err := io.ReadFull(in, piece); err != nil {
			return nil, err
		}
		data = append(data, piece[:n]...)
	}
}

func bucket(t testing.TB, change func(*BucketConfig)) (*Bucket, *s3) {
	t.Helper()
	far := &s3{objects: map[string][]byte{}, types: map[string]string{}}
	server := httptest.NewServer(far)
	t.Cleanup(server.Close)
	c := BucketConfig{Endpoint: server.URL, Bucket: "voices", AccessKey: anAccessKey, SecretKey: aSecretKey, Region: "ma-1", Prefix: "qafila/"}
	if change != nil {
		change(&c)
	}
	b, err := OpenBucket(c)
	must(t, err)
	return b, far
}

func TestABucketKeepsAndLetsGo(t *testing.T) {
	for name, change := range map[string]func(*BucketConfig){"": nil, "the region is asked for": func(c *BucketConfig) { c.Region = "" }} {
		t.Run(name, func(t *testing.T) {
			b, far := bucket(t, change)
			big := bytes.Repeat([]byte("0123456789"), Most/10)
			must(t, b.Put(t.Context(), aKey, opus, "audio/ogg"))
			must(t, b.Put(t.Context(), anotherKey, big, "audio/mpeg"))
			if !bytes.Equal(far.objects["qafila/"+aKey], opus) || far.types["qafila/"+aKey] != "audio/ogg" || !bytes.Equal(far.objects["qafila/"+anotherKey], big) {
				t.Errorf("%d objects, %v", len(far.objects), far.types)
			}
			for key, want := range map[string][]byte{aKey: opus, anotherKey: big} {
				if data, err := b.Get(t.Context(), key); err != nil || !bytes.Equal(data, want) {
					t.Errorf("%d bytes come back, %v", len(data), err)
				}
			}
			for range 2 { // again: nothing happens
				must(t, b.Delete(t.Context(), aKey))
			}
			if _, err := b.Get(t.Context(), aKey); !errors.Is(err, ErrNotKept) {
				t.Errorf("what is gone can be read: %v", err)
			}
			if len(far.objects) != 1 || far.objects["qafila/"+anotherKey] == nil {
				t.Errorf("%d objects are left", len(far.objects))
			}
		})
	}
}

func TestABucketThatIsAwayIsAnErrorThatNamesItAndNoKeys(t *testing.T) {
	b, far := bucket(t, nil)
	far.fails = http.StatusServiceUnavailable
	wrong, _ := bucket(t, func(c *BucketConfig) { c.AccessKey = "somebody-else" })
	nowhere, _ := bucket(t, func(c *BucketConfig) { c.Endpoint = "http://127.0.0.1:1" })
	for name, b := range map[string]*Bucket{"away": b, "wrong keys": wrong, "nobody there": nowhere} {
		_, got := b.Get(t.Context(), aKey)
		for _, err := range []error{b.Put(t.Context(), aKey, opus, "audio/ogg"), got, b.Delete(t.Context(), aKey)} {
			if err == nil || !strings.Contains(err.Error(), b.Name()) {
				t.Errorf("%s: %v", name, err)
				continue
			}
			if strings.Contains(err.Error(), aSecretKey) || strings.Contains(b.Name(), anAccessKey) {
				t.Errorf("%s: the error tells the keys: %v", name, err)
			}
		}
	}
	if len(far.objects) != 0 || far.calls != 3 {
		t.Errorf("%d objects after %d calls: the table tries again, not the client", len(far.objects), far.calls)
	}
	far.fails = 0
	must(t, b.Put(t.Context(), aKey, opus, "audio/ogg"))
}

func TestABucketWorksForAKeeper(t *testing.T) {
	k, m, _ := rig(t)
	b, far := bucket(t, nil)
	k.Stores = []Store{b}
	m.files["v1"] = opus
	says(t, k.Pool, 7, "v1")
	far.fails = http.StatusInternalServerError
	if k.Fetch(t.Context(), now) == nil {
		t.Error("nobody hears that the store is away")
	}
	far.fails = 0
	must(t, k.Fetch(t.Context(), now.Add(pause(1))))
	if len(far.objects) != 1 {
		t.Fatalf("%d objects", len(far.objects))
	}
	exec(t, k.Pool, `DELETE FROM recommendations`)
	if _, err := k.Empty(t.Context(), now.Add(lease)); err != nil || len(far.objects) != 0 {
		t.Errorf("%d objects are left: %v", len(far.objects), err)
	}
}
