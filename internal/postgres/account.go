package postgres

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"strconv"
	"syscall"
)

// account is who the private server runs as: the program's own user, or, since PostgreSQL refuses root, somebody else when the
// program is root.
type account struct {
	name       string
	credential *syscall.Credential // nil: our own
}

// defaultAccount is user postgres, else nobody, for root; ourselves for anyone else.
func defaultAccount() account {
	if os.Geteuid() != 0 {
		return account{name: "uid " + strconv.Itoa(os.Geteuid())}
	}
	for _, name := range []string{"postgres", "nobody"} {
		found, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, errUID := strconv.ParseUint(found.Uid, 10, 32)
		gid, errGID := strconv.ParseUint(found.Gid, 10, 32)
		if errUID == nil && errGID == nil && uid != 0 {
			return account{name, &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}
		}
	}
	return account{"nobody", &syscall.Credential{Uid: 65534, Gid: 65534}} // an image without /etc/passwd
}

// accountOf is the owner of a folder that is there already, so that root carries on what another user began; fallback when that owner
// is root or we are not.
func accountOf(folder string, fallback account) account {
	info, err := os.Stat(folder)
	if err != nil || fallback.credential == nil {
		return fallback
	}
	owner, ok := info.Sys().(*syscall.Stat_t)
	if !ok || owner.Uid == 0 || owner.Uid == fallback.credential.Uid {
		return fallback
	}
	return account{fmt.Sprintf("uid %d", owner.Uid), &syscall.Credential{Uid: owner.Uid, Gid: owner.Gid}}
}

func (a account) uid() int {
	if a.credential == nil {
		return os.Geteuid()
	}
	return int(a.credential.Uid)
}

// own hands a path of ours to the account.
func (a account) own(path string) error {
	if a.credential == nil {
		return nil
	}
	return os.Lchown(path, int(a.credential.Uid), int(a.credential.Gid))
}

// command prepares a program that runs as the account, away from our terminal: Ctrl-C is for us, who stop the server when we have
// drained. Of the environment it gets only what finding programs and libraries takes: no token of ours, no PGDATA of the caller's.
func (a account) command(ctx context.Context, folder, program string, arguments ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, program, arguments...)
	cmd.Dir = folder
	cmd.Env = []string{"LC_ALL=C"}
	for _, name := range []string{"PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH"} {
		if value, ok := os.LookupEnv(name); ok {
			cmd.Env = append(cmd.Env, name+"="+value)
		}
	}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Credential: a.credential}
	return cmd
}

// reaches tells whether the account can enter the folder, by trying: permissions of every parent, access lists and mounts included.
func (a account) reaches(ctx context.Context, folder string) bool {
	err := a.command(ctx, folder, "/bin/sh", "-c", ":").Run()
	return err == nil
}

// verifyOwner refuses a folder that somebody else may have prepared for us.
func (a account) verifyOwner(folder string) error {
	info, err := os.Lstat(folder)
	if err != nil {
		return err
	}
	owner, ok := info.Sys().(*syscall.Stat_t)
	if !ok || !info.IsDir() {
		return fmt.Errorf("%s is not a folder", folder)
	}
	if uid := int(owner.Uid); uid != a.uid() && uid != os.Geteuid() {
		return fmt.Errorf("%s belongs to somebody else (uid %d)", folder, uid)
	}
	if info.Mode().Perm()&0o022 != 0 {
		return errors.New(folder + " can be written by others")
	}
	return nil
}
