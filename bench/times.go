package main

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// times are how much of the processors' time was spent so far, in ticks (Linux's /proc; elsewhere all are 0).
type times struct {
	bot, harness, postgres, all int64
	at                          time.Time
}

// ticks is how many there are in a second (Linux: USER_HZ).
const ticks = 100

// spent adds up what the bot, this process, the database server in that folder and the whole machine have spent.
func spent(p *process, folder string) times {
	t := times{bot: ofProcess(strconv.Itoa(p.cmd.Process.Pid)), harness: ofProcess("self"), at: time.Now()}
	standing, _ := filepath.Glob("/proc/[0-9]*/cwd") // the pattern is well-formed
	for _, link := range standing {
		if cwd, err := os.Readlink(link); err == nil && strings.HasPrefix(cwd, folder) { // every process of Postgres stands in its data folder
			t.postgres += ofProcess(strings.Split(link, "/")[2])
		}
	}
	text, _ := os.ReadFile("/proc/stat") // none: 0
	first, _, _ := strings.Cut(string(text), "\n")
	for i, f := range strings.Fields(first) {
		if n, err := strconv.ParseInt(f, 10, 64); err == nil && i != 4 && i != 5 && i < 9 { // without idle and iowait
			t.all += n
		}
	}
	return t
}

func ofProcess(pid string) int64 {
	text, _ := os.ReadFile("/proc/" + pid + "/stat") // gone: 0
	_, rest, _ := strings.Cut(string(text), ") ")
	f := strings.Fields(rest)
	if len(f) < 13 {
		return 0
	}
	user, _ := strconv.ParseInt(f[11], 10, 64)
	system, _ := strconv.ParseInt(f[12], 10, 64)
	return user + system
}

// A cost is what one update took of a processor, in microseconds, and how many processors others took meanwhile.
type cost struct {
	bot, harness, postgres, others float64
}

// since gives what an update cost at that rate.
func (t times) since(before times, rate float64) cost {
	took := t.at.Sub(before.at).Seconds()
	each := func(n int64) float64 { return float64(n) / ticks * 1e6 / (rate * took) }
	bot, far, pg := t.bot-before.bot, t.harness-before.harness, t.postgres-before.postgres
	return cost{each(bot), each(far), each(pg), max(0, float64(t.all-before.all-bot-far-pg)/ticks/took)}
}
