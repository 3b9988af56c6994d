package simulator

import (
	"bytes"
	"image"
	"image/color"
	_ "image/gif" // photos may be GIF, JPEG or PNG
	"image/jpeg"
	_ "image/png"
	"math"
)

// thumbnailSide is the longer side of a photo's small size, in pixels.
const thumbnailSide = 90

func (s *Server) sendPhoto(c *call) (any, *failure) {
	f, text, err := s.mediaCall(c, "photo", maxPhoto)
	if err != nil {
		return nil, err
	}
	sizes := s.knownSizes(f)
	if sizes == nil {
		if _, _, err := image.DecodeConfig(bytes.NewReader(f.data)); err != nil {
			return nil, badRequest("IMAGE_PROCESS_FAILED")
		}
		sizes = s.photoSizes(f)
	}
	return s.deliver(c, outgoing{text: text.text, fill: func(m *message) {
		m.Photo, m.Caption, m.CaptionEnts = sizes, text.text, text.entities
	}})
}

func (s *Server) sendDocument(c *call) (any, *failure) {
	return s.sendMedia(c, "document", func(m *message, f *media) { m.Document = f })
}

func (s *Server) sendVoice(c *call) (any, *failure) {
	return s.sendMedia(c, "voice", func(m *message, f *media) { m.Voice = f })
}

func (s *Server) sendAudio(c *call) (any, *failure) {
	return s.sendMedia(c, "audio", func(m *message, f *media) { m.Audio = f })
}

func (s *Server) sendVideo(c *call) (any, *failure) {
	return s.sendMedia(c, "video", func(m *message, f *media) { m.Video = f })
}

// sendAnimation sets document too, as Telegram does for programs that know no animations.
func (s *Server) sendAnimation(c *call) (any, *failure) {
	return s.sendMedia(c, "animation", func(m *message, f *media) {
		m.Animation = f
		m.Document = &media{FileID: f.FileID, FileUniqueID: f.FileUniqueID, FileName: f.FileName, MIMEType: f.MIMEType, FileSize: f.FileSize}
	})
}

func (s *Server) sendMedia(c *call, kind string, put func(*message, *media)) (any, *failure) {
	f, text, err := s.mediaCall(c, kind, maxFile)
	if err != nil {
		return nil, err
	}
	object := s.mediaOf(f, kind, int(c.integer("duration", 0)), int(c.integer("width", 0)), int(c.integer("height", 0)))
	return s.deliver(c, outgoing{text: text.text, fill: func(m *message) {
		put(m, object)
		m.Caption, m.CaptionEnts = text.text, text.entities
	}})
}

// mediaCall reads the file and the caption. The chat is looked at first, so that a refused send keeps no file.
func (s *Server) mediaCall(c *call, kind string, limit int) (*File, formatted, *failure) {
	text, err := c.caption()
	if err != nil {
		return nil, text, err
	}
	id, given := c.chatID()
	s.mu.Lock()
	_, err = s.sender(id, given)
	s.mu.Unlock()
	if err != nil {
		return nil, text, err
	}
	f, err := s.attached(c, kind, kind, limit)
	return f, text, err
}

// mediaOf is the file as the API object of its kind. What was sent before, and goes again by its file_id, stays as it was.
func (s *Server) mediaOf(f *File, kind string, seconds, width, height int) *media {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case f.kind != kind:
		return f.media(kind, seconds, width, height)
	case f.object == nil:
		f.object = f.media(kind, seconds, width, height)
	}
	return f.object
}

// media is the file as the API object of its kind.
func (f *File) media(kind string, seconds, width, height int) *media {
	m := &media{FileID: f.FileID, FileUniqueID: f.unique, MIMEType: f.MIME, FileSize: f.Size}
	switch kind {
	case "voice":
		m.Duration = &seconds
	case "audio":
		m.Duration, m.FileName = &seconds, f.Name
	case "video", "animation":
		m.Duration, m.FileName = &seconds, f.Name
		m.Width, m.Height = max(width, 320), max(height, 240)
	default:
		m.FileName = f.Name
	}
	return m
}

// knownSizes are those of a photo that was sent before and goes again by its file_id.
func (s *Server) knownSizes(f *File) []photoSize {
	s.mu.Lock()
	defer s.mu.Unlock()
	return f.sizes
}

// photoSizes gives a photo in two sizes, smallest first, as Telegram does: bots must take the last.
// What can't be decoded (tests send made-up bytes) keeps its bytes in both.
func (s *Server) photoSizes(f *File) []photoSize {
	width, height, small := 1280, 960, f.data
	if picture, _, err := image.Decode(bytes.NewReader(f.data)); err == nil {
		width, height = picture.Bounds().Dx(), picture.Bounds().Dy()
		if scaled, err := thumbnail(picture); err == nil {
			small = scaled
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	t := s.files.keep("photo", "", "image/jpeg", small)
	w, h := thumbnailSize(width, height)
	f.sizes = []photoSize{
		{FileID: t.FileID, FileUniqueID: t.unique, Width: w, Height: h, FileSize: t.Size},
		{FileID: f.FileID, FileUniqueID: f.unique, Width: width, Height: height, FileSize: f.Size},
	}
	t.sizes = f.sizes
	return f.sizes
}

func thumbnailSize(width, height int) (int, int) {
	scale := math.Min(1, thumbnailSide/math.Max(float64(max(width, height)), 1))
	return max(int(float64(width)*scale), 1), max(int(float64(height)*scale), 1)
}

func thumbnail(picture image.Image) ([]byte, error) {
	from := picture.Bounds()
	w, h := thumbnailSize(from.Dx(), from.Dy())
	small := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			small.Set(x, y, color.RGBAModel.Convert(picture.At(from.Min.X+x*from.Dx()/w, from.Min.Y+y*from.Dy()/h)))
		}
	}
	var out bytes.Buffer
	err := jpeg.Encode(&out, small, nil)
	return out.Bytes(), err
}
