package harness

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"strconv"
)

// request is one HTTP/1.1 call, read by hand: net/http's server costs as much as a good bot's whole call.
type request struct {
	method []byte // of the Bot API
	body   []byte
	last   bool // the connection ends after it
	json   bool
	name   []byte // scratch of field
}

var (
	errCall  = errors.New("not a call of the Bot API")
	tokenIn  = []byte("/bot" + Token + "/")
	chunked  = []byte("chunked")
	jsonType = []byte("application/json")
	closing  = []byte("close")
)

// read takes the next call; its slices are good until the one after.
func (r *request) read(in *bufio.Reader) error {
	line, err := in.ReadSlice('\n')
	if err != nil {
		return err
	}
	_, path, ok := bytes.Cut(line, []byte(" "))
	if !ok || !bytes.HasPrefix(path, tokenIn) {
		return errCall
	}
	method, _, _ := bytes.Cut(path[len(tokenIn):], []byte(" "))
	method, _, _ = bytes.Cut(method, []byte("?"))
	r.method = append(r.method[:0], method...)
	r.body, r.last, r.json = r.body[:0], false, false
	length, inChunks := 0, false
	for {
		line, err := in.ReadSlice('\n')
		if err != nil {
			return err
		}
		if line = bytes.TrimRight(line, "\r\n"); len(line) == 0 {
			break
		}
		name, value, _ := bytes.Cut(line, []byte(":"))
		value = bytes.TrimSpace(value)
		switch len(name) {
		case len("Content-Length"):
			if bytes.EqualFold(name, []byte("Content-Length")) {
				if length, err = strconv.Atoi(string(value)); err != nil {
					return errCall
				}
			}
		case len("Content-Type"):
			if bytes.EqualFold(name, []byte("Content-Type")) {
				r.json = bytes.HasPrefix(value, jsonType)
			}
		case len("Transfer-Encoding"):
			if bytes.EqualFold(name, []byte("Transfer-Encoding")) {
				inChunks = bytes.Equal(value, chunked)
			}
		case len("Connection"):
			if bytes.EqualFold(name, []byte("Connection")) {
				r.last = bytes.EqualFold(value, closing)
			}
		}
	}
	if !inChunks {
		return r.take(in, length)
	}
	for {
		line, err := in.ReadSlice('\n')
		if err != nil {
			return err
		}
		n, err := strconv.ParseUint(string(bytes.TrimSpace(line)), 16, 31)
		if err != nil {
			return errCall
		}
		if err := r.take(in, int(n)); err != nil {
			return err
		}
		if _, err := in.Discard(2); err != nil {
			return err
		}
		if n == 0 {
			return nil
		}
	}
}

func (r *request) take(in *bufio.Reader, n int) error {
	from := len(r.body)
	for cap(r.body) < from+n {
		r.body = append(r.body[:cap(r.body)], 0)
	}
	r.body = r.body[:from+n]
	_, err := io.ReadFull(in, r.body[from:])
	return err
}

// field is a parameter's value as it stands in a form (multipart) or in JSON; nil when it isn't there.
func (r *request) field(name string) []byte {
	if r.json {
		r.name = append(append(append(r.name[:0], '"'), name...), '"', ':')
		_, rest, ok := bytes.Cut(r.body, r.name)
		if !ok {
			return nil
		}
		if end := bytes.IndexAny(rest, ",}"); end >= 0 {
			rest = rest[:end]
		}
		return bytes.Trim(rest, ` "`)
	}
	r.name = append(append(append(r.name[:0], `name="`...), name...), "\"\r\n\r\n"...)
	_, rest, ok := bytes.Cut(r.body, r.name)
	if !ok {
		return nil
	}
	value, _, _ := bytes.Cut(rest, []byte("\r\n--"))
	return value
}

func number(b []byte) (int64, bool) {
	n, err := strconv.ParseInt(string(b), 10, 64)
	return n, err == nil
}
