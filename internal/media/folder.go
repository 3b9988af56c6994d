package media

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
)

// A Folder is a store on this machine.
//
//	<folder>/name          what the database knows it by
//	<folder>/3f/3f0c…      a file, for its owner's eyes alone
//	<folder>/3f/3f0c….part one that is being written, or was when the program was killed
type Folder struct {
	path string
	name string
}

var _ Store = (*Folder)(nil)

// OpenFolder opens a folder as a store, and makes it when it isn't there.
func OpenFolder(path string) (*Folder, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o711); err != nil { // 0711: the private PostgreSQL's user passes through
		return nil, fmt.Errorf("make a folder for files: %w", err)
	}
	if err := os.Mkdir(path, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, fmt.Errorf("make a folder for files: %w", err)
	}
	name, err := nameOf(filepath.Join(path, "name"))
	if err != nil {
		return nil, fmt.Errorf("name the folder for files: %w", err)
	}
	return &Folder{path: path, name: "folder:" + name}, nil
}

// nameOf reads a folder's name, and gives it one when it has none yet; of two programs that do so at once, one gives it.
func nameOf(note string) (string, error) {
	name, err := os.ReadFile(note)
	if errors.Is(err, fs.ErrNotExist) {
		var made [16]byte
		_, _ = rand.Read(made[:]) // never fails (crypto/rand)
		draft := note + "." + hex.EncodeToString(made[:])
		if err := write(draft, []byte(hex.EncodeToString(made[:])+"\n")); err != nil {
			return "", err
		}
		err := os.Link(draft, note)
		if err = errors.Join(ignore(err, fs.ErrExist), os.Remove(draft), syncFolder(filepath.Dir(note))); err != nil {
			return "", err
		}
		name, err = os.ReadFile(note)
		if err != nil {
			return "", err
		}
	} else if err != nil {
		return "", err
	}
	if !keyShape.MatchString(strings.TrimSpace(string(name))) {
		return "", fmt.Errorf("%s holds no name", note)
	}
	return strings.TrimSpace(string(name)), nil
}

func ignore(err, what error) error {
	if errors.Is(err, what) {
		return nil
	}
	return err
}

// Name is the folder's own, however it is moved.
func (f *Folder) Name() string { return f.name }

var keyShape = regexp.MustCompile(`^[0-9a-f]{32}$`)

// place is where the bytes of a key are. A key is ours, and yet never leads out of the folder.
func (f *Folder) place(key string) (string, error) {
	if !keyShape.MatchString(key) {
		return "", fmt.Errorf("%q is no name of a file", key)
	}
	return filepath.Join(f.path, key[:2], key), nil
}

// Put keeps data: on the disk, whole, before it returns.
func (f *Folder) Put(_ context.Context, key string, data []byte, _ string) error {
	place, err := f.place(key)
	if err != nil {
		return err
	}
	dir := filepath.Dir(place)
	made := os.Mkdir(dir, 0o700)
	if made == nil {
		made = syncFolder(f.path)
	}
	if err := ignore(made, fs.ErrExist); err != nil {
		return explain(err)
	}
	return explain(write(place, data))
}

// Get reads what is under a key.
func (f *Folder) Get(_ context.Context, key string) ([]byte, error) {
	place, err := f.place(key)
	if err != nil {
		return nil, err
	}
	data, err := os.ReadFile(place)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, ErrNotKept
	}
	return data, explain(err)
}

// write makes a file that is there whole or not at all.
func write(place string, data []byte) (err error) {
	part := place + ".part"
	file, err := os.OpenFile(part, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = file.Write(data)
	err = errors.Join(err, file.Sync(), file.Close())
	if err == nil {
		err = os.Rename(part, place)
	}
	if err != nil {
		return errors.Join(err, os.Remove(part))
	}
	return syncFolder(filepath.Dir(place))
}

// Delete leaves nothing of a key, on the disk either.
func (f *Folder) Delete(_ context.Context, key string) error {
	place, err := f.place(key)
	if err != nil {
		return err
	}
	for _, step := range []error{os.Remove(place), os.Remove(place + ".part"), syncFolder(filepath.Dir(place))} {
		err = errors.Join(err, ignore(step, fs.ErrNotExist))
	}
	return explain(err)
}

// explain says what an operator can do.
func explain(err error) error {
	switch {
	case errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT):
		return fmt.Errorf("the disk below QAFILA_DATA is full; make room, nothing is lost: %w", err)
	case err != nil:
		return fmt.Errorf("in the folder for files below QAFILA_DATA: %w", err)
	}
	return nil
}

// syncFolder makes a folder's names as lasting as the files' bytes.
func syncFolder(path string) error {
	dir, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}
