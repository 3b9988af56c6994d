package simulator

import (
	"fmt"
	"mime"
	"net/http"
	"path"
	"strings"
)

// Telegram's file sizes, in bytes.
const (
	maxDownload = 20 << 20
	maxFile     = 50 << 20
	maxPhoto    = 10 << 20
)

// File is what was sent with a message: the bytes are what the sender gave.
type File struct {
	FileID string
	Name   string // as the sender named it; "" for photos and voices
	MIME   string
	Size   int // bytes

	unique string
	path   string // below /file/bot<token>/
	data   []byte

	kind   string      // photo, voice …
	sizes  []photoSize // of a photo
	object *media      // of what else was sent
}

// Data is the file's content. Don't change it.
func (f *File) Data() []byte { return f.data }

// files keeps everything that was ever sent, by file_id and by download path.
type files struct {
	byID   map[string]*File
	byPath map[string]*File
	count  map[string]int // by folder
	total  int
}

func newFiles() files {
	return files{byID: map[string]*File{}, byPath: map[string]*File{}, count: map[string]int{}}
}

// Folder and name ending of each kind's download path, and its type where the sender doesn't say.
var fileKinds = map[string]struct{ folder, ending, mime string }{
	"photo":     {"photos", ".jpg", "image/jpeg"},
	"document":  {"documents", "", "application/octet-stream"},
	"voice":     {"voice", ".oga", "audio/ogg"},
	"audio":     {"music", ".mp3", "audio/mpeg"},
	"video":     {"videos", ".mp4", "video/mp4"},
	"animation": {"animations", ".mp4", "video/mp4"},
	"sticker":   {"stickers", ".webp", "image/webp"},
}

// Types of files by name that Go's own table, without the system's, doesn't know.
var moreTypes = map[string]string{
	".ics": "text/calendar", ".csv": "text/csv", ".txt": "text/plain", ".vcf": "text/vcard", ".zip": "application/zip",
	".oga": "audio/ogg", ".ogg": "audio/ogg", ".mp3": "audio/mpeg", ".mp4": "video/mp4",
}

// keep stores a file and gives it its ids. The caller holds Server.mu.
func (fs *files) keep(kind, name, mimeType string, data []byte) *File {
	k := fileKinds[kind]
	if mimeType == "" || mimeType == "application/octet-stream" {
		ending := strings.ToLower(path.Ext(name))
		if mimeType = moreTypes[ending]; mimeType == "" {
			mimeType = mime.TypeByExtension(ending)
		}
		if mimeType == "" {
			mimeType = k.mime
		}
		mimeType, _, _ = strings.Cut(mimeType, ";")
	}
	ending := k.ending
	if ending == "" {
		ending = path.Ext(name)
	}
	fs.total++
	fs.count[k.folder]++
	f := &File{
		FileID: fmt.Sprintf("AgACAgQAAxkBAAI%s%08dAAE", strings.ToUpper(kind[:1]), fs.total),
		Name:   name, MIME: mimeType, Size: len(data), data: data, kind: kind,
		unique: fmt.Sprintf("AQAD%08d", fs.total),
		path:   fmt.Sprintf("%s/file_%d%s", k.folder, fs.count[k.folder]-1, ending),
	}
	fs.byID[f.FileID], fs.byPath[f.path] = f, f
	return f
}

// attached reads a file parameter: an upload of that name, attach://other, or the file_id of something sent before.
func (s *Server) attached(c *call, field, kind string, limit int) (*File, *failure) {
	given := c.str(field)
	up, uploaded := c.uploads[field]
	if name, ok := strings.CutPrefix(given, "attach://"); ok {
		if up, uploaded = c.uploads[name]; !uploaded {
			return nil, badRequest("there is no file with the name %s in the request", name)
		}
	}
	if uploaded {
		switch {
		case len(up.data) == 0:
			return nil, badRequest("file must be non-empty")
		case len(up.data) > limit:
			return nil, badRequest("file is too big")
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		return s.files.keep(kind, up.name, up.mime, up.data), nil
	}
	if given == "" {
		return nil, badRequest("there is no %s in the request", kind)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	f := s.files.byID[given]
	switch {
	case f == nil:
		return nil, badRequest("wrong file identifier/HTTP URL specified")
	case kind != f.kind && (kind != "document" || f.kind == "photo"):
		return nil, badRequest("type of file mismatch")
	}
	return f, nil
}

func (s *Server) getFile(c *call) (any, *failure) {
	id := c.str("file_id")
	if id == "" {
		return nil, badRequest("file_id not specified")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	f := s.files.byID[id]
	switch {
	case f == nil:
		return nil, badRequest("invalid file_id")
	case f.Size > maxDownload:
		return nil, badRequest("file is too big")
	}
	return fileInfo{FileID: f.FileID, FileUniqueID: f.unique, FileSize: f.Size, FilePath: f.path}, nil
}

func (s *Server) serveDownload(w http.ResponseWriter, rest string) {
	token, name, _ := strings.Cut(rest, "/")
	if token != s.token {
		answer(w, nil, &failure{code: http.StatusUnauthorized, description: "Unauthorized"})
		return
	}
	s.mu.Lock()
	f := s.files.byPath[name]
	s.mu.Unlock()
	if f == nil || f.Size > maxDownload {
		answer(w, nil, &failure{code: http.StatusNotFound, description: "Not Found"})
		return
	}
	w.Header().Set("Content-Type", "application/octet-stream")
	w.Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": path.Base(f.path)}))
	_, _ = w.Write(f.data) // a caller that went away has nothing to be told
}
