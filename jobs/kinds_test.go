package jobs

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/hibiken/asynq"
)

// declared reads the kinds of the jobs that the rooms declare: what each method
// Kind() string returns.
func declared(t *testing.T) (kinds []string) {
	t.Helper()
	root := os.DirFS("..")
	err := fs.WalkDir(root, "app", func(path string, d fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), filepath.Join("..", path), nil, 0)
		if err != nil {
			return err
		}
		for _, d := range file.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok || f.Recv == nil || f.Name.Name != "Kind" || f.Type.Params.NumFields() != 0 || f.Type.Results.NumFields() != 1 {
				continue
			}
			kinds = append(kinds, returned(t, path, f))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return kinds
}

func returned(t *testing.T, path string, f *ast.FuncDecl) string {
	t.Helper()
	if len(f.Body.List) == 1 {
		if r, ok := f.Body.List[0].(*ast.ReturnStmt); ok {
			if lit, ok := r.Results[0].(*ast.BasicLit); ok {
				kind, err := strconv.Unquote(lit.Value)
				if err == nil {
					return kind
				}
			}
		}
	}
	t.Fatalf("%s: Kind does not return a text as it stands", path)
	return ""
}

func TestEveryJobThatARoomDeclaresHasItsWork(t *testing.T) {
	t.Parallel()
	kinds := declared(t)
	if len(kinds) < 5 {
		t.Fatalf("only %q were found", kinds)
	}
	all := works(Rooms{}, nil)
	for _, kind := range kinds {
		if all[kind] == nil {
			t.Errorf("%s is promised, and nobody does it", kind)
		}
	}
	for kind := range all {
		if !slices.Contains(kinds, kind) {
			t.Errorf("%s is done, and nobody promises it", kind)
		}
	}
}

func TestArgumentsThatDoNotParseAreSetAsideAtOnceAndShow(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for _, kind := range declared(t) {
		h.promiseRaw(kind, "urgent", `{"ticket_id": "`+canary+`", "desk_id": "x", "letter_id": "x", "reset_id": "x", "assignment_id": "x", "absence_id": "x", "replay_id": "x", "plan_id": "x", "article_id": "x", "recall_id": "x", "step_id": "x", "notice_id": "x"}`)
	}
	w, _ := h.running()
	until(t, "all are set aside", func() bool {
		info, err := w.inspector.GetQueueInfo("urgent")
		return err == nil && info.Archived == len(declared(t))
	})
	tasks, err := w.inspector.ListArchivedTasks("urgent")
	h.must(err)
	for _, task := range tasks {
		if task.Retried != 0 || strings.Contains(task.LastErr, canary) {
			t.Errorf("%s: tried again %d times, %q", task.Type, task.Retried, task.LastErr)
		}
	}
	h.must(h.rooms.Operations.Saw(h.ctx, w.lengths()))
	state, err := h.rooms.Operations.State(h.ctx)
	h.must(err)
	for _, q := range state.Queues {
		if q.Name == "urgent" && q.Archived != len(tasks) {
			t.Errorf("%d are shown to be set aside, want %d", q.Archived, len(tasks))
		}
	}
	if strings.Contains(journal.String(), canary+`\"`) {
		t.Error("the log quotes a payload")
	}
}

func TestWhatAJobFailsWithStaysOutOfRedisAndTheLog(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	const typed = "typed-by-dr-imani-51c9"
	h.promiseRaw("probe:fails", "low", "{}")
	h.promiseRaw("probe:panics", "low", "{}")
	h.promiseRaw("probe:refuses", "low", "{}")
	w := h.worker()
	h.carryAll(w)
	all := map[string]work{
		"probe:fails":   func(ctx, int64, []byte) error { return plainly(quoting(typed)) },
		"probe:panics":  func(ctx, int64, []byte) error { panic("the text was " + typed) },
		"probe:refuses": func(c ctx, _ int64, _ []byte) error { return plainly(h.refused(typed)) },
	}
	server := asynq.NewServer(h.o.Redis, asynq.Config{Queues: Queues, TaskCheckInterval: h.o.CheckEvery, ErrorHandler: asynq.ErrorHandlerFunc(failed), Logger: quiet{}})
	h.must(server.Start(handler(all)))
	t.Cleanup(server.Shutdown)
	var tasks []*asynq.TaskInfo
	until(t, "all three have failed", func() bool {
		tasks, _ = w.inspector.ListRetryTasks("low")
		return len(tasks) == 3
	})
	for _, task := range tasks {
		want := map[string]string{"probe:fails": "failed: *jobs.quoted", "probe:panics": errPanicked.Error(), "probe:refuses": "database sqlstate=22P02"}[task.Type]
		// Which of its functions refused is Postgres's own, and differs between versions.
		if said, _, _ := strings.Cut(task.LastErr, " at="); said != want {
			t.Errorf("%s: %q, want %q", task.Type, task.LastErr, want)
		}
	}
	if held := h.redis.Holds(); !strings.Contains(held, "probe:panics") || strings.Contains(held, typed) {
		t.Error("Redis holds what somebody typed, or nothing at all")
	}
	log := journal.String()
	for _, line := range []string{"kind=probe:fails", "kind=probe:panics", "kinds_test.go"} {
		if !strings.Contains(log, line) {
			t.Errorf("the log says nothing of %s", line)
		}
	}
	if strings.Contains(log, typed) {
		t.Error("the log quotes what somebody typed")
	}
}

type quoted string

func quoting(s string) error    { q := quoted(s); return &q }
func (q *quoted) Error() string { return string(*q) }

// refused is what the database says of a text that is no number.
func (h *house) refused(text string) error {
	return h.db.Read(h.ctx, func(q tx) error { return q.Exec("SELECT ?::text::bigint", text).Error })
}

func TestAKindIsMetExactly(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.atWork(h.rosa)
	ticket := h.ask()
	id := h.promiseRaw("ticket:assign:2", "urgent", `{"ticket_id":`+strconv.FormatInt(ticket.ID, 10)+`}`)
	w := h.worker()
	_, err := h.db.Pool().Exec(h.ctx, "DELETE FROM outbox WHERE id <> $1", id)
	h.must(err)
	h.run(w)
	until(t, "a newer kind waits for a newer worker", func() bool {
		tasks, err := w.inspector.ListRetryTasks("urgent")
		return err == nil && len(tasks) == 1
	})
	h.is(0, "SELECT count(*) FROM assignments")
	h.is(0, "SELECT count(*) FROM outbox WHERE done_at IS NOT NULL")
}

func TestNothingThatSomebodyTypedLeavesTheTables(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.atWork(h.rosa)
	h.running()
	h.ask()
	until(t, "every promise is kept", func() bool {
		return h.settled() && h.count("SELECT count(*) FROM letters WHERE sent_at IS NOT NULL") == 2
	})
	if held := h.redis.Holds(); !strings.Contains(held, "ticket:assign") || strings.Contains(held, canary) {
		t.Error("Redis holds what somebody typed, or nothing at all")
	}
	h.is(0, "SELECT count(*) FROM outbox WHERE outbox::text LIKE $1", "%"+canary+"%")
	h.is(0, "SELECT count(*) FROM letters WHERE letters::text LIKE $1", "%"+canary+"%")
	for _, l := range h.box.Letters() {
		if strings.Contains(l.Subject+l.Text+l.HTML, canary) {
			t.Errorf("the letter %s holds what somebody typed", l.ID)
		}
	}
}
