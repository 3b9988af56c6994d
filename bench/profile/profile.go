// Package profile writes a bot's profiles, when the bench asks for them.
package profile

import (
	"log"
	"os"
	"runtime"
	"runtime/pprof"
)

// Variable names where the profiles go: its value with .cpu.prof and .mem.prof behind it.
const Variable = "BENCH_PROFILE"

// Start begins a profile of the processor's time; what it returns ends it, and writes what was allocated.
func Start() (stop func()) {
	to := os.Getenv(Variable)
	if to == "" {
		return func() {}
	}
	cpu, err := os.Create(to + ".cpu.prof")
	if err == nil {
		err = pprof.StartCPUProfile(cpu)
	}
	if err != nil {
		log.Print("no profile: ", err)
		return func() {}
	}
	return func() {
		pprof.StopCPUProfile()
		_ = cpu.Close()
		mem, err := os.Create(to + ".mem.prof")
		if err == nil {
			runtime.GC()
			err = pprof.Lookup("allocs").WriteTo(mem, 0)
			_ = mem.Close()
		}
		if err != nil {
			log.Print("no profile of memory: ", err)
		}
	}
}
