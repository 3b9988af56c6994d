package main

import (
	"net"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/qafila/qafila/internal/postgres"
	"github.com/qafila/qafila/internal/simulator"
)

// fine are settings of `qafila serve` with which nothing is wrong; what a test sets goes on top.
func fine(t *testing.T) map[string]string {
	t.Helper()
	for _, v := range os.Environ() { // of whoever runs the tests
		name, _, _ := strings.Cut(v, "=")
		if strings.HasPrefix(name, "QAFILA_") || strings.HasPrefix(name, "TELEGRAM_") || name == "DATABASE_URL" {
			t.Setenv(name, "")
			if err := os.Unsetenv(name); err != nil { // t.Setenv puts it back
				t.Fatal(err)
			}
		}
	}
	return map[string]string{"TELEGRAM_TOKEN": "123456789:AAF-a-token-that-looks-like-one-000", "QAFILA_DATA": filepath.Join(t.TempDir(), "data"),
		"QAFILA_LISTEN": "127.0.0.1:0"}
}

// fails runs a command line that must fail, and gives its error.
func fails(t *testing.T, env map[string]string, args ...string) string {
	t.Helper()
	for name, value := range env {
		t.Setenv(name, value)
	}
	err := command(t.Context(), args)
	if err == nil {
		t.Fatalf("qafila %s does not fail with %v", strings.Join(args, " "), env)
	}
	return err.Error()
}

func TestAWrongSettingIsNamed(t *testing.T) {
	for _, c := range []struct{ name, value string }{
		{"TELEGRAM_TOKEN", ""}, {"TELEGRAM_TOKEN", "hello"}, {"TELEGRAM_API_URL", "api.telegram.org"}, {"TELEGRAM_API_URL", "ftp://x.ma"},
		{"QAFILA_PUBLIC_URL", "bot.example.ma"}, {"TELEGRAM_WEBHOOK_SECRET", "not allowed: é"}, {"TELEGRAM_WEBHOOK_SECRET", strings.Repeat("a", 257)},
		{"QAFILA_LISTEN", "8080"}, {"QAFILA_LISTEN", "127.0.0.1:notaport"}, {"QAFILA_BULK_RATE", "0"}, {"QAFILA_BULK_RATE", "500000"}, {"QAFILA_BULK_RATE", "many"},
		{"QAFILA_QUIET", "9pm-8am"}, {"QAFILA_QUIET", "00:00-24:00"},
		{"DATABASE_URL", "mysql://localhost/qafila"}, {"DATABASE_URL", "postgres://qafila:geheim@localhost:port/qafila"}, {"QAFILA_LANGUAGES", "fr,xx"}, {"QAFILA_LANGUAGES", ""},
		{"QAFILA_LOG", "loud"}, {"QAFILA_DATA", "/dev/null/data"},
		{"QAFILA_S3_ENDPOINT", ""}, {"QAFILA_S3_ENDPOINT", "s3.example.ma"}, {"QAFILA_S3_ENDPOINT", "https://s3.example.ma/voices"}, {"QAFILA_S3_BUCKET", ""},
		{"QAFILA_S3_BUCKET", "Voices/x"}, {"QAFILA_S3_ACCESS_KEY", ""}, {"QAFILA_S3_SECRET_KEY", ""}, {"QAFILA_S3_PREFIX", "../x"},
	} {
		t.Run(c.name+"="+c.value[:min(len(c.value), 20)], func(t *testing.T) {
			env := fine(t)
			if strings.HasPrefix(c.name, "QAFILA_S3_") {
				for name, value := range map[string]string{"ENDPOINT": "https://s3.example.ma", "BUCKET": "voices", "ACCESS_KEY": "AKIAEXAMPLE", "SECRET_KEY": "geheim"} {
					env["QAFILA_S3_"+name] = value
				}
			}
			env[c.name] = c.value
			said := fails(t, env, "serve")
			if !strings.Contains(said, c.name) {
				t.Errorf("the error does not name %s: %s", c.name, said)
			}
			if strings.Contains(said, "geheim") {
				t.Errorf("the error tells the password: %s", said)
			}
			for other := range env {
				if other != c.name && strings.Contains(said, other+" ") {
					t.Errorf("the error is about %s too: %s", other, said)
				}
			}
		})
	}
	t.Run("all at once", func(t *testing.T) {
		env := fine(t)
		for name, value := range map[string]string{"TELEGRAM_TOKEN": "x", "TELEGRAM_API_URL": "x", "QAFILA_PUBLIC_URL": "x", "TELEGRAM_WEBHOOK_SECRET": "é",
			"QAFILA_LISTEN": "x", "QAFILA_BULK_RATE": "0", "DATABASE_URL": "x", "QAFILA_LANGUAGES": "xx"} {
			env[name] = value
		}
		said := fails(t, env, "serve")
		for name := range env {
			if name != "QAFILA_DATA" && !strings.Contains(said, name) {
				t.Errorf("the error does not name %s: %s", name, said)
			}
		}
	})
}

func TestAnAddressInUseIsNamed(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = taken.Close() })
	env := fine(t)
	env["QAFILA_LISTEN"] = taken.Addr().String()
	if said := fails(t, env, "serve"); !strings.Contains(said, "QAFILA_LISTEN") || !strings.Contains(said, taken.Addr().String()) {
		t.Errorf("the error is %s", said)
	}
}

func TestATokenThatTelegramDoesNotKnowIsNamed(t *testing.T) {
	pool := postgres.ForTest(t)
	sim := simulator.New(simulator.Options{})
	far := httptest.NewServer(sim)
	t.Cleanup(func() { sim.Close(); far.Close() })
	env := fine(t)
	env["DATABASE_URL"], env["TELEGRAM_API_URL"] = pool.Config().ConnString(), far.URL
	if said := fails(t, env, "serve"); !strings.Contains(said, "TELEGRAM_TOKEN") || strings.Contains(said, env["TELEGRAM_TOKEN"]) {
		t.Errorf("the error is %s", said)
	}
}

func TestADatabaseThatIsNotThereIsNamed(t *testing.T) {
	pool := postgres.ForTest(t)
	env := fine(t)
	env["DATABASE_URL"] = strings.Replace(pool.Config().ConnString(), pool.Config().ConnConfig.Database, "nobody_made_this", 1)
	if said := fails(t, env, "serve"); !strings.Contains(said, "DATABASE_URL") {
		t.Errorf("the error is %s", said)
	}
}

func TestAStopThatIsWrittenWrongIsNotImported(t *testing.T) {
	pool := postgres.ForTest(t)
	env := fine(t)
	env["DATABASE_URL"] = pool.Config().ConnString()
	file := filepath.Join(t.TempDir(), "stops.csv")
	sheet := "id,town,venue_fr,venue_ar,date,start,end,state\nfes-1,Fès,Chambre,الغرفة,2030-12-10,10:00,13:00,published\nx-1,Atlantis,Chambre,الغرفة,2030-12-11,10:00,13:00,published\n"
	if err := os.WriteFile(file, []byte(sheet), 0o600); err != nil {
		t.Fatal(err)
	}
	if said := fails(t, env, "stops", "import", file); !strings.Contains(said, "stops.csv") {
		t.Errorf("the error is %s", said)
	}
	var n int
	if err := pool.QueryRow(t.Context(), `SELECT count(*) FROM stops`).Scan(&n); err != nil || n != 0 {
		t.Errorf("%d stops of a wrong file are there: %v", n, err)
	}
}
