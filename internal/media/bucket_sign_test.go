package media

import (
	"bufio"
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// A signer is the far side's knowledge of one pair of keys: it works Amazon's Signature Version 4 out by itself, from what came over the wire, as
// docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-authenticating-requests.html tells.
type signer struct{ access, secret, region string }

// The codes with which a store refuses.
var (
	errKey       = errors.New("InvalidAccessKeyId")
	errSignature = errors.New("SignatureDoesNotMatch")
	errRegion    = errors.New("AuthorizationHeaderMalformed")
	errSkewed    = errors.New("RequestTimeTooSkewed")
	errPayload   = errors.New("XAmzContentSHA256Mismatch")
)

// body gives what a request brings, if it is signed as it must be.
func (s signer) body(r *http.Request, now time.Time) ([]byte, error) {
	fields := map[string]string{}
	scheme, given, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	for field := range strings.SplitSeq(given, ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(field), "=")
		fields[name] = value
	}
	scope := strings.Split(fields["Credential"], "/")
	at, err := time.Parse("20060102T150405Z", r.Header.Get("X-Amz-Date"))
	switch {
	case scheme != "AWS4-HMAC-SHA256" || len(scope) != 5 || err != nil:
		return nil, errSignature
	case scope[0] != s.access:
		return nil, errKey
	case !slices.Equal(scope[1:], []string{at.Format("20060102"), s.region, "s3", "aws4_request"}):
		return nil, errRegion
	case now.Sub(at).Abs() > 15*time.Minute:
		return nil, errSkewed
	}
	signed := strings.Split(fields["SignedHeaders"], ";")
	for _, must := range []string{"host", "x-amz-date", "x-amz-content-sha256"} {
		if !slices.Contains(signed, must) {
			return nil, errSignature
		}
	}
	payload := r.Header.Get("X-Amz-Content-Sha256")
	canonical := r.Method + "\n" + r.URL.EscapedPath() + "\n" + strings.ReplaceAll(r.URL.Query().Encode(), "+", "%20") + "\n"
	for _, name := range signed {
		value := strings.Join(r.Header.Values(name), ",")
		switch name {
		case "host":
			value = r.Host
		case "content-length":
			value = strconv.FormatInt(r.ContentLength, 10)
		}
		canonical += name + ":" + strings.TrimSpace(value) + "\n"
	}
	canonical += "\n" + fields["SignedHeaders"] + "\n" + payload
	seed := s.sign(at, "AWS4-HMAC-SHA256", hashOf([]byte(canonical)))
	if !hmac.Equal([]byte(seed), []byte(fields["Signature"])) {
		return nil, errSignature
	}
	if payload == "STREAMING-AWS4-HMAC-SHA256-PAYLOAD" {
		return s.pieces(r.Body, at, seed)
	}
	data, err := io.ReadAll(r.Body)
	if err == nil && payload != hashOf(data) && (payload != "UNSIGNED-PAYLOAD" || r.TLS == nil) { // TLS keeps what it carries whole
		return nil, errPayload
	}
	return data, err
}

// pieces reads a body whose pieces are signed one by one, each with the one before, as they are without TLS:
// "<hexadecimal length>;chunk-signature=<…>", the bytes, a line break; the last has no bytes.
func (s signer) pieces(body io.Reader, at time.Time, before string) (data []byte, err error) {
	for in := bufio.NewReader(body); ; {
		line, err := in.ReadString('\n')
		if err != nil {
			return nil, err
		}
		size, signature, _ := strings.Cut(strings.TrimSpace(line), ";chunk-signature=")
		n, err := strconv.ParseInt(size, 16, 32)
		if err != nil {
			return nil, err
		}
		piece := make([]byte, n+2)
		if _, err := io.ReadFull(in, piece); err != nil {
			return nil, err
		}
		before = s.sign(at, "AWS4-HMAC-SHA256-PAYLOAD", before, hashOf(nil), hashOf(piece[:n]))
		if !hmac.Equal([]byte(before), []byte(signature)) {
			return nil, errSignature
		}
		if n == 0 {
			return data, nil
		}
		data = append(data, piece[:n]...)
	}
}

// sign signs lines that stand behind an algorithm, the time and the scope.
func (s signer) sign(at time.Time, algorithm string, lines ...string) string {
	day := at.Format("20060102")
	key := []byte("AWS4" + s.secret)
	for _, part := range []string{day, s.region, "s3", "aws4_request"} {
		key = mac(key, part)
	}
	scope := day + "/" + s.region + "/s3/aws4_request"
	return hex.EncodeToString(mac(key, strings.Join(append([]string{algorithm, at.Format("20060102T150405Z"), scope}, lines...), "\n")))
}

func mac(key []byte, words string) []byte {
	h := hmac.New(sha256.New, key)
	_, _ = h.Write([]byte(words)) // never fails (hash.Hash)
	return h.Sum(nil)
}

func hashOf(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// The far side knows what is signed as it must be by Amazon's own examples, and by what differs from them in one thing.
func TestTheFarSideKnowsASignature(t *testing.T) {
	at := time.Date(2013, 5, 24, 0, 0, 0, 0, time.UTC)
	amazon := signer{"AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "us-east-1"}
	const scope = "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,"
	get := func() *http.Request {
		r := httptest.NewRequest(http.MethodGet, "http://examplebucket.s3.amazonaws.com/test.txt", nil)
		r.Header.Set("Range", "bytes=0-9")
		r.Header.Set("X-Amz-Date", "20130524T000000Z")
		r.Header.Set("X-Amz-Content-Sha256", hashOf(nil))
		r.Header.Set("Authorization", scope+"SignedHeaders=host;range;x-amz-content-sha256;x-amz-date,Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41")
		return r
	}
	put := func(second byte) *http.Request {
		piece := func(n int, of byte, signature string) string {
			return fmt.Sprintf("%x;chunk-signature=%s\r\n%s\r\n", n, signature, bytes.Repeat([]byte{of}, n))
		}
		r := httptest.NewRequest(http.MethodPut, "http://s3.amazonaws.com/examplebucket/chunkObject.txt", strings.NewReader(
			piece(65536, 'a', "ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648")+
				piece(1024, second, "0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497")+
				piece(0, 'a', "b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9")))
		r.Header.Set("X-Amz-Date", "20130524T000000Z")
		r.Header.Set("X-Amz-Storage-Class", "REDUCED_REDUNDANCY")
		r.Header.Set("X-Amz-Content-Sha256", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD")
		r.Header.Set("Content-Encoding", "aws-chunked")
		r.Header.Set("X-Amz-Decoded-Content-Length", "66560")
		r.Header.Set("Authorization", scope+"SignedHeaders=content-encoding;content-length;host;x-amz-content-sha256;x-amz-date;x-amz-decoded-content-length;x-amz-storage-class,"+
			"Signature=4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9")
		return r
	}
	other := func(change func(*http.Request)) *http.Request { r := get(); change(r); return r }
	for name, c := range map[string]struct {
		by   signer
		r    *http.Request
		now  time.Time
		want error
	}{
		"whole":           {amazon, get(), at, nil},
		"in pieces":       {amazon, put('a'), at, nil},
		"another piece":   {amazon, put('b'), at, errSignature},
		"another secret":  {signer{amazon.access, amazon.secret + "x", amazon.region}, get(), at, errSignature},
		"another key":     {signer{"AKIA", amazon.secret, amazon.region}, get(), at, errKey},
		"another region":  {signer{amazon.access, amazon.secret, "ma-1"}, get(), at, errRegion},
		"another day":     {amazon, get(), at.Add(time.Hour), errSkewed},
		"another method":  {amazon, other(func(r *http.Request) { r.Method = http.MethodDelete }), at, errSignature},
		"another file":    {amazon, other(func(r *http.Request) { r.URL.Path = "/other.txt" }), at, errSignature},
		"another header":  {amazon, other(func(r *http.Request) { r.Header.Set("Range", "bytes=0-99") }), at, errSignature},
		"another host":    {amazon, other(func(r *http.Request) { r.Host = "s3.example.ma" }), at, errSignature},
		"other bytes":     {amazon, other(func(r *http.Request) { r.Body = io.NopCloser(strings.NewReader("x")) }), at, errPayload},
		"nothing at all":  {amazon, other(func(r *http.Request) { r.Header.Del("Authorization") }), at, errSignature},
		"too few headers": {amazon, other(func(r *http.Request) { r.Header.Set("Authorization", scope+"SignedHeaders=host,Signature=00") }), at, errSignature},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := c.by.body(c.r, c.now); !errors.Is(err, c.want) {
				t.Errorf("it says %v, not %v", err, c.want)
			}
		})
	}
	if data, err := amazon.body(put('a'), at); err != nil || len(data) != 66560 {
		t.Errorf("%d bytes, %v", len(data), err)
	}
}
