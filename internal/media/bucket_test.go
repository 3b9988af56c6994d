package media

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// s3 is the far side: one bucket of an S3-compatible store, which looks at who asks.
type s3 struct {
	signer
	mu      sync.Mutex
	objects map[string][]byte
	types   map[string]string
	fails   int    // the status of the next answers; 0: it works
	code    string // and what it says then
	calls   int
}

// firstRegion is what a request for a bucket's region is signed with.
const firstRegion = "us-east-1"

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
	who := s.signer
	if r.URL.Query().Has("location") {
		who.region = firstRegion // who asks for the region doesn't know it
	}
	data, err := who.body(r, time.Now())
	switch key, inBucket := strings.CutPrefix(r.URL.Path, "/voices/"); {
	case s.fails != 0:
		refuse(s.fails, s.code)
	case err != nil:
		refuse(http.StatusForbidden, err.Error())
	case !inBucket:
		refuse(http.StatusNotFound, "NoSuchBucket")
	case r.URL.Query().Has("location"):
		_, _ = io.WriteString(w, `<LocationConstraint>`+s.region+`</LocationConstraint>`)
	case r.Method == http.MethodPut:
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

func (s *s3) set(fails int, code string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fails, s.code = fails, code
}

func bucket(t testing.TB, change func(*BucketConfig)) (*Bucket, *s3) {
	t.Helper()
	return bucketBehind(t, httptest.NewServer, change)
}

func bucketBehind(t testing.TB, serve func(http.Handler) *httptest.Server, change func(*BucketConfig)) (*Bucket, *s3) {
	t.Helper()
	far := &s3{signer: signer{anAccessKey, aSecretKey, "ma-1"}, objects: map[string][]byte{}, types: map[string]string{}}
	server := serve(far)
	t.Cleanup(server.Close)
	c := BucketConfig{Endpoint: server.URL, Bucket: "voices", AccessKey: anAccessKey, SecretKey: aSecretKey, Region: "ma-1", Prefix: "qafila/",
		Transport: server.Client().Transport}
	if change != nil {
		change(&c)
	}
	b, err := OpenBucket(c)
	must(t, err)
	return b, far
}

func TestABucketKeepsAndLetsGo(t *testing.T) {
	for name, c := range map[string]struct {
		serve  func(http.Handler) *httptest.Server
		change func(*BucketConfig)
	}{
		"":                        {httptest.NewServer, nil},
		"TLS":                     {httptest.NewTLSServer, nil},
		"the region is asked for": {httptest.NewServer, func(c *BucketConfig) { c.Region = "" }},
	} {
		t.Run(name, func(t *testing.T) {
			b, far := bucketBehind(t, c.serve, c.change)
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

func TestABucketThatRefusesSaysWhatToDoAndTellsNoKeys(t *testing.T) {
	without := func(change func(*BucketConfig)) func(*testing.T) (*Bucket, *s3) {
		return func(t *testing.T) (*Bucket, *s3) { return bucket(t, change) }
	}
	saying := func(status int, code string) func(*testing.T) (*Bucket, *s3) {
		return func(t *testing.T) (*Bucket, *s3) {
			b, far := bucket(t, nil)
			far.set(status, code)
			return b, far
		}
	}
	for name, c := range map[string]struct {
		open func(*testing.T) (*Bucket, *s3)
		says string
	}{
		"another secret":  {without(func(c *BucketConfig) { c.SecretKey += "x" }), "QAFILA_S3_SECRET_KEY is not the one"},
		"another key":     {without(func(c *BucketConfig) { c.AccessKey = "somebody-else" }), "QAFILA_S3_ACCESS_KEY"},
		"another bucket":  {without(func(c *BucketConfig) { c.Bucket = "elsewhere" }), "QAFILA_S3_BUCKET"},
		"another region":  {without(func(c *BucketConfig) { c.Region = "eu-1" }), "QAFILA_S3_REGION"},
		"nobody there":    {without(func(c *BucketConfig) { c.Endpoint = "http://127.0.0.1:1" }), "refused"},
		"no rights":       {saying(http.StatusForbidden, "AccessDenied"), "may not put, get and delete"},
		"full":            {saying(http.StatusInsufficientStorage, "XMinioStorageFull"), "full"},
		"over its quota":  {saying(http.StatusForbidden, "QuotaExceeded"), "full"},
		"away":            {saying(http.StatusServiceUnavailable, "ServiceUnavailable"), "away"},
		"something other": {saying(http.StatusTeapot, "Teapot"), ""},
	} {
		t.Run(name, func(t *testing.T) {
			b, far := c.open(t)
			_, got := b.Get(t.Context(), aKey)
			for what, err := range map[string]error{"put": b.Put(t.Context(), aKey, opus, "audio/ogg"), "get": got, "delete": b.Delete(t.Context(), aKey)} {
				if err == nil || errors.Is(err, ErrNotKept) || !strings.Contains(err.Error(), b.Name()) || !strings.Contains(err.Error(), c.says) {
					t.Errorf("%s: %v", what, err)
					continue
				}
				if strings.Contains(err.Error(), aSecretKey) || strings.Contains(b.Name(), anAccessKey) {
					t.Errorf("%s: the error tells the keys: %v", what, err)
				}
			}
			if len(far.objects) != 0 {
				t.Errorf("%d objects are there all the same", len(far.objects))
			}
		})
	}
}

func TestABucketIsAskedOnceATime(t *testing.T) {
	b, far := bucket(t, nil)
	far.set(http.StatusServiceUnavailable, "ServiceUnavailable")
	_, got := b.Get(t.Context(), aKey)
	if b.Put(t.Context(), aKey, opus, "audio/ogg") == nil || got == nil || b.Delete(t.Context(), aKey) == nil || far.calls != 3 {
		t.Errorf("%d calls: the table tries again, not the client", far.calls)
	}
	far.set(0, "")
	must(t, b.Put(t.Context(), aKey, opus, "audio/ogg"))
}

// While the store is away, full, or closed to the program, files stay wanted; once it is as it was they are kept, and what was to go goes.
func TestWhileABucketDoesNotWorkNothingIsLost(t *testing.T) {
	for name, trouble := range map[string]struct {
		status int
		code   string
	}{
		"away": {http.StatusServiceUnavailable, "ServiceUnavailable"}, "full": {http.StatusInsufficientStorage, "XMinioStorageFull"}, "closed": {http.StatusForbidden, "AccessDenied"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k, m, _ := rig(t)
			b, far := bucket(t, nil)
			k.Stores = []Store{b}
			m.files["v0"], m.files["v1"], m.files["v2"] = opus, opus, opus
			says(t, k.Pool, 6, "v0")
			must(t, k.Fetch(t.Context(), now))
			exec(t, k.Pool, `DELETE FROM recommendations`)

			far.set(trouble.status, trouble.code)
			says(t, k.Pool, 7, "v1")
			says(t, k.Pool, 7, "v2")
			for at := now; at.Before(now.Add(time.Minute)); at = at.Add(5 * time.Second) { // as often as the program looks
				if err := k.Fetch(t.Context(), at); err != nil && !strings.Contains(err.Error(), meant[trouble.code]) {
					t.Errorf("it says %v", err)
				}
				if gone, err := k.Empty(t.Context(), at); err == nil || gone != 0 {
					t.Errorf("%d went: %v", gone, err)
				}
			}
			if n := count(t, k.Pool, `SELECT count(*) FROM media WHERE state = 'wanted'`); n != 2 || m.asked["v1"] > 2 || m.asked["v2"] > 2 {
				t.Errorf("%d are wanted, asked for %v", n, m.asked)
			}

			far.set(0, "")
			after := now.Add(time.Minute + pause(2))
			must(t, k.Fetch(t.Context(), after))
			if _, err := k.Empty(t.Context(), after.Add(lease)); err != nil || len(far.objects) != 2 {
				t.Errorf("%d objects: %v", len(far.objects), err)
			}
			if n := count(t, k.Pool, `SELECT count(*) FROM media WHERE state = 'kept'`) - count(t, k.Pool, `SELECT count(*) FROM doomed`); n != 2 {
				t.Errorf("the rows say otherwise: %d", n)
			}
		})
	}
}
