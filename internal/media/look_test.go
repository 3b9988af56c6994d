package media

import (
	"archive/zip"
	"bytes"
	"image"
	"image/gif"
	"image/jpeg"
	"image/png"
	"testing"
)

// drawn is a picture as an encoder writes it.
func drawn(t testing.TB, encode func(*bytes.Buffer, image.Image) error) []byte {
	t.Helper()
	var b bytes.Buffer
	must(t, encode(&b, image.NewGray(image.Rect(0, 0, 8, 8))))
	return b.Bytes()
}

// box is a box of an MP4 (ISO 14496-12).
func box(name string, parts ...string) string {
	n := 8
	body := ""
	for _, p := range parts {
		n += len(p)
		body += p
	}
	return string([]byte{byte(n >> 24), byte(n >> 16), byte(n >> 8), byte(n)}) + name + body
}

func track(kind string) string {
	return box("trak", box("mdia", box("hdlr", "\x00\x00\x00\x00", "\x00\x00\x00\x00", kind, "\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00")))
}

func TestAFileIsWhatItsBytesSay(t *testing.T) {
	page := func(packet string) []byte {
		return []byte("OggS\x00\x02" + string(make([]byte, 20)) + "\x01\x20" + packet + string(make([]byte, 60)))
	}
	var archive bytes.Buffer
	z := zip.NewWriter(&archive)
	_, err := z.Create("voice.ogg")
	must(t, err)
	must(t, z.Close())
	jpg := drawn(t, func(b *bytes.Buffer, i image.Image) error { return jpeg.Encode(b, i, nil) })
	for name, c := range map[string]struct {
		data         []byte
		is           string
		voice, photo bool
	}{
		"a voice message":                    {opus, "audio/ogg", true, false},
		"Vorbis":                             {page("\x01vorbis"), "audio/ogg", true, false},
		"Theora, a film in an Ogg":           {page("\x80theora"), "application/ogg", false, false},
		"an Ogg cut off":                     {[]byte("OggS"), "application/ogg", false, false},
		"a header's length that lies":        {append([]byte("OggS"), bytes.Repeat([]byte{0xff}, 30)...), "application/ogg", false, false},
		"MP3 with a tag":                     {[]byte("ID3\x04\x00\x00\x00\x00\x00\x00xxxx"), "audio/mpeg", true, false},
		"MP3 without":                        {[]byte{0xff, 0xfb, 0x90, 0x64, 0, 0}, "audio/mpeg", true, false},
		"M4A":                                {[]byte(box("ftyp", "M4A ", "\x00\x00\x00\x00", "mp42") + box("moov", track("soun"))), "audio/mp4", true, false},
		"a film":                             {[]byte(box("ftyp", "isom", "\x00\x00\x02\x00", "mp42") + box("moov", track("soun"), track("vide"))), "video/mp4", false, false},
		"a film that says it is M4A":         {[]byte(box("ftyp", "M4A ", "\x00\x00\x00\x00") + box("moov", track("vide"))), "video/mp4", false, false},
		"an MP4 of nothing":                  {[]byte(box("ftyp", "M4A ", "\x00\x00\x00\x00")), "application/mp4", false, false},
		"an MP4 that ends in its handler":    {[]byte(box("ftyp", "M4A ", "\x00\x00\x00\x00") + "hdlr\x00\x00"), "application/mp4", false, false},
		"WebM of a browser":                  {[]byte("\x1a\x45\xdf\xa3\x9fwebm....A_OPUS...."), "audio/webm", true, false},
		"WebM film":                          {[]byte("\x1a\x45\xdf\xa3\x9fwebm....V_VP8...A_OPUS"), "video/webm", false, false},
		"WAV":                                {[]byte("RIFF\x24\x00\x00\x00WAVEfmt "), "audio/wave", true, false},
		"JPEG":                               {jpg, "image/jpeg", false, true},
		"PNG":                                {drawn(t, func(b *bytes.Buffer, i image.Image) error { return png.Encode(b, i) }), "image/png", false, true},
		"WebP":                               {[]byte("RIFF\x24\x00\x00\x00WEBPVP8 "), "image/webp", false, true},
		"GIF, which no messenger sends so":   {drawn(t, func(b *bytes.Buffer, i image.Image) error { return gif.Encode(b, i, nil) }), "image/gif", false, false},
		"HEIC":                               {[]byte(box("ftyp", "heic", "\x00\x00\x00\x00")), "image/heif", false, false},
		"PDF":                                {[]byte("%PDF-1.7\n"), "application/pdf", false, false},
		"a page that would run in a browser": {[]byte("<html><script>alert(1)</script>"), "text/html", false, false},
		"SVG":                                {[]byte("<?xml version=\"1.0\"?><svg xmlns=\"http://www.w3.org/2000/svg\"/>"), "text/xml", false, false},
		"ZIP":                                {archive.Bytes(), "application/zip", false, false},
		"a program":                          {[]byte("\x7fELF\x02\x01\x01\x00\x00\x00\x00"), "application/octet-stream", false, false},
		"words":                              {[]byte("je suis une voix"), "text/plain", false, false},
		"nothing":                            {nil, "text/plain", false, false},
	} {
		if is, ok := look(Voice, c.data); is != c.is || ok != c.voice {
			t.Errorf("%s: as a voice it is %s, %v", name, is, ok)
		}
		if is, ok := look(Photo, c.data); is != c.is || ok != c.photo {
			t.Errorf("%s: as a picture it is %s, %v", name, is, ok)
		}
	}
}

func FuzzLook(f *testing.F) {
	f.Add(opus)
	f.Add([]byte(box("ftyp", "M4A ", "\x00\x00\x00\x00") + box("moov", track("soun"))))
	f.Fuzz(func(t *testing.T, data []byte) {
		_, voice := look(Voice, data)
		if _, photo := look(Photo, data); voice && photo {
			t.Error("it is a voice and a picture")
		}
	})
}
