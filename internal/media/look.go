package media

import (
	"bytes"
	"mime"
	"net/http"
	"slices"
)

// What may come as a voice or a picture, by its bytes.
var accepted = map[string][]string{
	Voice: {"audio/ogg", "audio/mpeg", "audio/mp4", "audio/webm", "audio/wave"},
	Photo: {"image/jpeg", "image/png", "image/webp"},
}

// look tells from its bytes alone what a file is, as a MIME type, and whether that may be what it was sent as.
func look(kind string, data []byte) (is string, ok bool) {
	is = typeOf(data)
	return is, slices.Contains(accepted[kind], is)
}

func typeOf(data []byte) string {
	head := data[:min(len(data), 4096)]
	switch {
	case bytes.HasPrefix(head, []byte("OggS")):
		return ogg(head)
	case len(head) >= 12 && string(head[4:8]) == "ftyp":
		return mp4(data)
	// MPEG audio without a tag before it: eleven set bits, then MPEG 1 or 2, layer III.
	case len(head) >= 4 && head[0] == 0xff && slices.Contains([]byte{0xfa, 0xfb, 0xf2, 0xf3}, head[1]):
		return "audio/mpeg"
	}
	is, _, err := mime.ParseMediaType(http.DetectContentType(head))
	if err != nil {
		return "application/octet-stream"
	}
	if is == "video/webm" && webmSounds(head) {
		return "audio/webm"
	}
	return is
}

// ogg looks what is in an Ogg's first page (RFC 3533): Opus as in voice messages (RFC 7845), Vorbis, Speex.
func ogg(head []byte) string {
	const header = 27 // its last byte counts the segments, whose lengths follow
	if len(head) > header {
		if first := header + int(head[header-1]); len(head) > first {
			for _, codec := range []string{"OpusHead", "\x01vorbis", "Speex   "} {
				if bytes.HasPrefix(head[first:], []byte(codec)) {
					return "audio/ogg"
				}
			}
		}
	}
	return "application/ogg"
}

// mp4 looks which tracks there are (ISO 14496-12: a handler's type stands eight bytes behind its box's name): sound alone is an audio file.
func mp4(data []byte) string {
	switch brand := string(data[8:12]); brand {
	case "heic", "heix", "mif1", "avif":
		return "image/heif"
	}
	sound := false
	for rest := data; ; {
		at := bytes.Index(rest, []byte("hdlr"))
		if at < 0 || len(rest) < at+16 {
			break
		}
		switch string(rest[at+12 : at+16]) {
		case "vide":
			return "video/mp4"
		case "soun":
			sound = true
		}
		rest = rest[at+4:]
	}
	if !sound {
		return "application/mp4"
	}
	return "audio/mp4"
}

// webmSounds tells whether a WebM has sound and no picture, by the codecs that its tracks name.
func webmSounds(head []byte) bool {
	has := func(codec string) bool { return bytes.Contains(head, []byte(codec)) }
	return (has("A_OPUS") || has("A_VORBIS")) && !has("V_VP8") && !has("V_VP9") && !has("V_AV1") && !has("V_MPEG4")
}
