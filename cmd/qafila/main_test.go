package main

import (
	"flag"
	"os"
	"runtime"
	"strconv"
	"testing"
)

// programVariable makes the test binary the program, for tests that start and kill it.
const programVariable = "QAFILA_TEST_PROGRAM"

// TestMain plays more conversations at a time than there are processors, unless it is told how many: they wait for each other's messages
// most of the time.
func TestMain(m *testing.M) {
	if os.Getenv(programVariable) != "" {
		main()
		return
	}
	flag.Parse()
	told := false
	flag.Visit(func(f *flag.Flag) { told = told || f.Name == "test.parallel" })
	if !told {
		_ = flag.Set("test.parallel", strconv.Itoa(2*runtime.GOMAXPROCS(0))) // the flag is the testing package's own
	}
	os.Exit(m.Run())
}
