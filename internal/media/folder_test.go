package media

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
)

const aKey, anotherKey = "3f0c0000000000000000000000000001", "3f0c0000000000000000000000000002"

func folder(t testing.TB) *Folder {
	t.Helper()
	f, err := OpenFolder(filepath.Join(t.TempDir(), "data", "files"))
	must(t, err)
	return f
}

// lies gives all files below a folder but its name.
func lies(t testing.TB, f *Folder) map[string][]byte {
	t.Helper()
	all := map[string][]byte{}
	must(t, filepath.WalkDir(f.path, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || path == filepath.Join(f.path, "name") {
			return err
		}
		data, err := os.ReadFile(path)
		all[d.Name()] = data
		return err
	}))
	return all
}

func TestAFolderKeepsWhatItIsGivenForItsOwnerAlone(t *testing.T) {
	f := folder(t)
	must(t, f.Put(t.Context(), aKey, []byte("first"), ""))
	must(t, f.Put(t.Context(), aKey, opus, ""))
	must(t, f.Put(t.Context(), anotherKey, []byte("other"), ""))
	if all := lies(t, f); len(all) != 2 || !bytes.Equal(all[aKey], opus) {
		t.Errorf("%q", all)
	}
	for _, path := range []string{f.path, filepath.Join(f.path, "3f"), filepath.Join(f.path, "3f", aKey)} {
		info, err := os.Stat(path)
		must(t, err)
		if info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s is open to others: %v", path, info.Mode())
		}
	}
	if data, err := f.Get(t.Context(), aKey); err != nil || !bytes.Equal(data, opus) {
		t.Errorf("%q, %v", data, err)
	}
	for range 2 { // again: nothing happens
		must(t, f.Delete(t.Context(), aKey))
	}
	if _, err := f.Get(t.Context(), aKey); !errors.Is(err, ErrNotKept) {
		t.Errorf("what is gone can be read: %v", err)
	}
	must(t, f.Delete(t.Context(), "ff000000000000000000000000000000"))
	if all := lies(t, f); len(all) != 1 || all[anotherKey] == nil {
		t.Errorf("%q", all)
	}
}

func TestAFolderTakesWhatWasBrokenOffWithIt(t *testing.T) {
	f := folder(t)
	must(t, os.Mkdir(filepath.Join(f.path, "3f"), 0o700))
	must(t, os.WriteFile(filepath.Join(f.path, "3f", aKey+".part"), opus[:20], 0o600)) // killed while it wrote
	must(t, f.Delete(t.Context(), aKey))
	if all := lies(t, f); len(all) != 0 {
		t.Errorf("%q is left", all)
	}
}

func TestAFullDiskLeavesNothingHalf(t *testing.T) {
	f := folder(t)
	must(t, f.Put(t.Context(), aKey, []byte("before"), ""))
	// The system's limit on the size of files plays the full disk.
	var was syscall.Rlimit
	must(t, syscall.Getrlimit(syscall.RLIMIT_FSIZE, &was))
	must(t, syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: 1000, Max: was.Max}))
	err := f.Put(t.Context(), aKey, make([]byte, 5000), "")
	other := f.Put(t.Context(), anotherKey, make([]byte, 5000), "")
	must(t, syscall.Setrlimit(syscall.RLIMIT_FSIZE, &was))
	if err == nil || other == nil || !strings.Contains(err.Error(), "QAFILA_DATA") {
		t.Errorf("%v, %v", err, other)
	}
	if all := lies(t, f); len(all) != 1 || string(all[aKey]) != "before" {
		t.Errorf("%q", all)
	}
	must(t, f.Put(t.Context(), anotherKey, make([]byte, 5000), ""))
	if explain(syscall.ENOSPC) == nil || !strings.Contains(explain(syscall.ENOSPC).Error(), "full") {
		t.Error("a full disk isn't called one")
	}
}

func TestAFolderKeepsItsNameAndNoTwoHaveOne(t *testing.T) {
	f, other := folder(t), folder(t)
	if f.Name() == other.Name() || !strings.HasPrefix(f.Name(), "folder:") {
		t.Errorf("%s, %s", f.Name(), other.Name())
	}
	moved := filepath.Join(t.TempDir(), "moved")
	must(t, os.Rename(f.path, moved))
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if again, err := OpenFolder(moved); err != nil || again.Name() != f.Name() {
				t.Errorf("%v, %v", again, err)
			}
		})
	}
	all.Wait()
}

func TestProgramsThatOpenANewFolderAtOnceAgreeOnItsName(t *testing.T) {
	path := filepath.Join(t.TempDir(), "files")
	names := make([]string, 16)
	var all sync.WaitGroup
	for i := range names {
		all.Go(func() {
			f, err := OpenFolder(path)
			if err != nil {
				t.Error(err)
				return
			}
			names[i] = f.Name()
		})
	}
	all.Wait()
	for _, n := range names {
		if n != names[0] || n == "" {
			t.Errorf("%q", names)
			break
		}
	}
	if all := lies(t, &Folder{path: path}); len(all) != 0 {
		t.Errorf("%q is left", all)
	}
}

func TestNoKeyLeadsOutOfTheFolder(t *testing.T) {
	f := folder(t)
	for _, key := range []string{"", "..", "../../../../etc/passwd", strings.Repeat("a", 31) + "/", aKey + "\n", strings.ToUpper(aKey)} {
		if _, err := f.Get(t.Context(), key); err == nil || f.Put(t.Context(), key, opus, "") == nil || f.Delete(t.Context(), key) == nil {
			t.Errorf("%q is taken for a key", key)
		}
	}
	if all := lies(t, f); len(all) != 0 {
		t.Errorf("%q", all)
	}
}
