package paper

import (
	"bytes"
	"cmp"
	"compress/zlib"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// repacked changes what a packed stream holds.
func repacked(object []byte, change func([]byte) ([]byte, error)) ([]byte, error) {
	_, packed, ok := bytes.Cut(object, []byte("stream\n"))
	if !ok {
		return nil, errors.New("it is no stream")
	}
	r, err := zlib.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, fmt.Errorf("unpack a stream: %w", err)
	}
	held, err := io.ReadAll(r)
	if err != nil {
		return nil, fmt.Errorf("unpack a stream: %w", err)
	}
	if held, err = change(held); err != nil {
		return nil, err
	}
	var out bytes.Buffer
	w := zlib.NewWriter(&out)
	if _, err := w.Write(held); err != nil {
		return nil, fmt.Errorf("pack a stream: %w", err)
	}
	if err := w.Close(); err != nil {
		return nil, fmt.Errorf("pack a stream: %w", err)
	}
	return fmt.Appendf(nil, "<</Filter/FlateDecode/Length %d>>stream\n%s\nendstream\n", out.Len(), out.Bytes()), nil
}

var letterRow = regexp.MustCompile(`(?m)^<([0-9A-F]{4})> (?:<([0-9A-F]{4})> )?<([0-9A-F]{4})>`)

// typed gives the table of a font's letters with each joined letter as the one that people type (Unicode NFKC: ﺼ is ص). Two Arabic letters
// in one sign (ﻼ) keep their code: readers disagree about the order of two.
func typed(table []byte) ([]byte, error) {
	head, rest, found := strings.Cut(string(table), "endcodespacerange")
	if !found {
		return nil, errors.New("the table of letters has another shape")
	}
	var rows []string
	for _, row := range letterRow.FindAllStringSubmatch(rest, -1) {
		first, last, code := hex(row[1]), hex(cmp.Or(row[2], row[1])), hex(row[3])
		for glyph := first; glyph <= last; glyph++ {
			letters := ""
			for _, r := range apart(rune(code + glyph - first)) {
				letters += fmt.Sprintf("%04X", r)
			}
			rows = append(rows, fmt.Sprintf("<%04X> <%s>", glyph, letters))
		}
	}
	var b strings.Builder
	b.WriteString(head + "endcodespacerange")
	for some := range slices.Chunk(rows, 100) { // PDF: a hundred a block
		fmt.Fprintf(&b, "\n%d beginbfchar\n%s endbfchar", len(some), strings.Join(some, "\n"))
	}
	b.WriteString("\nendcmap\nCMapName currentdict /CMap defineresource pop\nend\nend")
	return []byte(b.String()), nil
}

// apart is what people type for one of Unicode's presentation forms.
func apart(r rune) string {
	letters := norm.NFKC.String(string(r))
	switch {
	case r >= 0xFB00 && r <= 0xFB06: // ﬁ
		return letters
	case r >= 0xFB50 && r <= 0xFEFC && utf8.RuneCountInString(letters) == 1:
		return letters
	}
	return string(r)
}

func hex(s string) int {
	n, err := strconv.ParseInt(s, 16, 32)
	if err != nil { // impossible: four of 0-9A-F
		return 0
	}
	return int(n)
}

// timeless takes the moment out of a font's head table and sums it up again (OpenType: head.modified, checksumAdjustment).
func timeless(font []byte) ([]byte, error) {
	const record, magic = 16, 0xB1B0AFBA
	if len(font) < 12 {
		return nil, errors.New("the font is cut")
	}
	for i := range int(binary.BigEndian.Uint16(font[4:])) {
		at := 12 + i*record
		if at+record > len(font) {
			break
		}
		if string(font[at:at+4]) != "head" {
			continue
		}
		from, length := binary.BigEndian.Uint32(font[at+8:]), binary.BigEndian.Uint32(font[at+12:])
		if length < 36 || uint64(from)+uint64(length) > uint64(len(font)) {
			break
		}
		head := font[from : from+length]
		clear(head[8:12])
		copy(head[28:36], head[20:28]) // modified when it was created
		binary.BigEndian.PutUint32(font[at+4:], sum(head))
		binary.BigEndian.PutUint32(head[8:], magic-sum(font))
		return font, nil
	}
	return nil, errors.New("the font has no head")
}

// sum is OpenType's: all as big-endian numbers of four bytes, zeros behind the last.
func sum(b []byte) (n uint32) {
	for len(b) >= 4 {
		n += binary.BigEndian.Uint32(b)
		b = b[4:]
	}
	if len(b) > 0 {
		var rest [4]byte
		copy(rest[:], b)
		n += binary.BigEndian.Uint32(rest[:])
	}
	return n
}
