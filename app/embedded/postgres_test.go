package embedded

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"
)

func TestADatabaseStartsAnswersAndIsFoundAgainAsItWas(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	first := start(t, Options{Dir: dir})
	if first.Attached() {
		t.Error("the first to come is attached")
	}
	tell(t, first, `CREATE TABLE note (said text); INSERT INTO note VALUES ('kept')`)
	stop(t, first)
	stop(t, first)

	second := start(t, Options{Dir: dir})
	if got := ask(t, second, `SELECT said FROM note`); got != "kept" {
		t.Errorf("the second start finds %q", got)
	}
	if second.URL("postgres") != first.URL("postgres") {
		t.Error("the address changed")
	}
}

func TestTheSettingsAreModestAndTheLogTellsNothing(t *testing.T) {
	t.Parallel()
	p := start(t, Options{Dir: folder(t)})
	for name, want := range map[string]string{
		"listen_addresses": "", "max_connections": "100", "jit": "off", "fsync": "on", "TimeZone": "UTC",
		"server_encoding": "UTF8", "lc_collate": "C", "data_checksums": "on", "password_encryption": "scram-sha-256",
		"log_min_messages": "log", "log_error_verbosity": "terse", "log_min_error_statement": "panic",
		"log_parameter_max_length": "0", "log_parameter_max_length_on_error": "0",
	} {
		if got := ask(t, p, `SELECT current_setting('`+name+`')`); got != want {
			t.Errorf("%s is %q, not %q", name, got, want)
		}
	}

	c, err := pgx.Connect(t.Context(), p.URL("postgres"))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close(t.Context())
	if _, err := c.Exec(t.Context(), `CREATE TABLE said (words text PRIMARY KEY)`); err != nil {
		t.Fatal(err)
	}
	const canary = "canary in the mine"
	for range 2 {
		c.Exec(t.Context(), `INSERT INTO said VALUES ($1)`, canary)
	}
	if _, err := c.Exec(t.Context(), `SELECT '`+canary+`'::int`); err == nil {
		t.Error("the statement should fail")
	}
	if _, err := c.Exec(t.Context(), `DO $$ BEGIN RAISE WARNING '`+canary+`'; END $$`); err != nil {
		t.Error(err)
	}
	stop(t, p)
	log, err := os.ReadFile(p.LogFile())
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(log), "ready to accept connections") {
		t.Errorf("the log does not tell of the start: %s", log)
	}
	if strings.Contains(string(log), canary) {
		t.Errorf("the log holds what was typed: %s", log)
	}
}

func TestThePasswordIsNobodyElsesToRead(t *testing.T) {
	t.Parallel()
	p := start(t, Options{Dir: used(t)})
	for name, want := range map[string]os.FileMode{"db-password": 0o600, "postgres.log": 0o600, "pgdata": 0o700, "run": 0o700} {
		fi, err := os.Stat(filepath.Join(p.Dir(), name))
		if err != nil {
			t.Fatal(err)
		}
		if fi.Mode().Perm() != want {
			t.Errorf("%s has mode %o", name, fi.Mode().Perm())
		}
	}
	wrong := *pgxConfig(t, p)
	wrong.Password = "guess"
	if c, err := pgx.ConnectConfig(t.Context(), &wrong); err == nil {
		c.Close(t.Context())
		t.Error("a wrong password is let in")
	}
}

func TestAnotherStartOnTheSameFolderAttaches(t *testing.T) {
	t.Parallel()
	dir := used(t)
	first := start(t, Options{Dir: dir})
	second := start(t, Options{Dir: dir})
	if !second.Attached() {
		t.Fatal("the second does not attach")
	}
	tell(t, second, `CREATE TABLE shared ()`)
	stop(t, second)
	if got := ask(t, first, `SELECT count(*)::text FROM shared`); got != "0" {
		t.Errorf("after the second lets go, the first answers %q", got)
	}
}

func TestManyWhoComeAtOnceShareOneDatabase(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	type outcome struct {
		p   *Postgres
		err error
	}
	came := make(chan outcome)
	for range 4 {
		go func() {
			p, err := Start(t.Context(), Options{Dir: dir})
			came <- outcome{p, err}
		}()
	}
	owners := 0
	for range 4 {
		o := <-came
		if o.err != nil {
			t.Error(o.err)
			continue
		}
		t.Cleanup(func() { o.p.Stop() })
		if !o.p.Attached() {
			owners++
		}
	}
	if owners != 1 {
		t.Errorf("%d own the database", owners)
	}
}

func TestAFolderManyMakeAtOnceIsOneFolder(t *testing.T) {
	t.Parallel()
	for n := range 200 {
		dir := filepath.Join(folder(t), strconv.Itoa(n))
		var all sync.WaitGroup
		for range 8 {
			all.Go(func() {
				at, err := settleIn(dir)
				if err != nil {
					t.Error(err)
					return
				}
				lock, err := openLock(filepath.Join(at.dir, lockName))
				if err != nil {
					t.Error(err)
					return
				}
				lock.Close()
			})
		}
		all.Wait()
	}
}

func TestANamedDatabaseIsMadeOnceAndFoundAgain(t *testing.T) {
	t.Parallel()
	p := start(t, Options{Throwaway: true})
	for range 2 {
		address, err := p.Database(t.Context(), `hot "line"`)
		if err != nil {
			t.Fatal(err)
		}
		c, err := pgx.Connect(t.Context(), address)
		if err != nil {
			t.Fatal(err)
		}
		c.Close(t.Context())
	}
}

func TestAThrowawayIsFastRoomyAndGoneAfterwards(t *testing.T) {
	t.Parallel()
	p := start(t, Options{Throwaway: true})
	if got := ask(t, p, `SELECT current_setting('fsync') || current_setting('max_connections')`); got != "off300" {
		t.Errorf("fsync and connections: %s", got)
	}
	stop(t, p)
	if _, err := os.Stat(p.Dir()); !os.IsNotExist(err) {
		t.Errorf("%s is still there: %v", p.Dir(), err)
	}
}

func TestAThrowawayTakesNothingThatIsNotItsOwn(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	mine := filepath.Join(dir, "letter.txt")
	if err := os.WriteFile(mine, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	stop(t, start(t, Options{Dir: dir, Throwaway: true}))
	left, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	if len(left) != 1 || left[0].Name() != "letter.txt" {
		t.Errorf("left in the folder: %v", left)
	}
}

func TestALongPathGetsItsSocketElsewhere(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(folder(t), strings.Repeat("long", 20))
	p := start(t, Options{Dir: dir, Throwaway: true})
	if strings.HasPrefix(p.run, dir) {
		t.Errorf("the socket is in %s", p.run)
	}
	ask(t, p, `SELECT 'answers'`)
	other := start(t, Options{Dir: dir})
	ask(t, other, `SELECT 'answers'`)
	stop(t, other)
	stop(t, p)
	if _, err := os.Stat(p.run); !os.IsNotExist(err) {
		t.Errorf("the socket's folder is still there: %v", err)
	}
}

func pgxConfig(t *testing.T, p *Postgres) *pgx.ConnConfig {
	t.Helper()
	c, err := pgx.ParseConfig(p.URL("postgres"))
	if err != nil {
		t.Fatal(err)
	}
	return c
}
