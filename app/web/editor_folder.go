package web

import (
	"encoding/base64"
	"errors"
	"net/http"
	"strconv"

	"github.com/gin-gonic/gin"

	"hotline/app/fault"
	"hotline/app/guidance"
	views "hotline/views/editor"
	"hotline/views/ui"
)

// largestFolder is the most bytes an archive to be read in may have: a third of what a
// form may weigh goes for carrying it as text.
const largestFolder = 3 << 20

// export is the library as a folder.
func (p editorPages) export(c *gin.Context) error {
	leaves, err := p.rooms.Guidance.Export(c.Request.Context(), who(c))
	if err != nil {
		return err
	}
	archive, err := guidance.Zip(leaves)
	if err != nil {
		return err
	}
	c.Header("Content-Disposition", `attachment; filename="guidance.zip"`)
	c.Data(http.StatusOK, "application/zip", archive)
	return nil
}

// imports says what a folder would do; sent once more, it does it. Nothing is kept in
// between: the page carries the folder.
func (p editorPages) imports(c *gin.Context) error {
	ctx, by := c.Request.Context(), who(c)
	packed, err := base64.StdEncoding.DecodeString(c.PostForm("packed"))
	again := len(packed) > 0
	if err != nil {
		return fault.Unacceptable
	}
	if !again {
		if _, packed, err = sentFile(c, "folder", largestFolder); err != nil {
			return err
		}
	}
	var bad fault.Fields
	bad.Need(len(packed) > 0, "folder", "Choose a ZIP file.")
	bad.Need(len(packed) <= largestFolder, "folder", "That file is larger than 3 MB.")
	var leaves []guidance.Leaf
	if err = bad.Err(); err == nil {
		leaves, err = guidance.FromZip(packed)
	}
	in := guidance.Shipment{Leaves: leaves, Dry: true}
	var entries []guidance.Entry
	if err == nil {
		entries, err = p.rooms.Guidance.Import(ctx, by, in)
	}
	if bad, ok := errors.AsType[fault.Fields](err); ok {
		return p.drawIndex(c, http.StatusUnprocessableEntity, problemsAt(bad, map[string]string{"folder": "folder-file"}), benchTyped{})
	}
	if err != nil {
		return err
	}
	typed := importTyped{packed: packed, entries: entries, changed: line(c, "changed"), affects: line(c, "affects"), reason: line(c, "affects_why")}
	if !again {
		return p.drawImport(c, http.StatusOK, typed)
	}
	in.Dry, in.Changed, in.Affects = false, typed.changed, affectsTyped(c)
	typed.entries, err = p.rooms.Guidance.Import(ctx, by, in)
	if typed.bad, _ = errors.AsType[fault.Fields](err); errors.Is(err, fault.Unacceptable) {
		typed.entries = entries
		return p.drawImport(c, http.StatusUnprocessableEntity, typed)
	}
	if err != nil {
		return err
	}
	n := 0
	for _, e := range typed.entries {
		if e.Does != guidance.Unchanged {
			n++
		}
	}
	p.flash(c, "Read in: "+articlesIn(n)+" published or moved.")
	return see(c, "/guidance")
}

type importTyped struct {
	packed                   []byte
	entries                  []guidance.Entry
	changed, affects, reason string
	bad                      fault.Fields
}

// cited is how many consultations rely on what would be replaced.
func (t importTyped) cited() (n int) {
	for _, e := range t.entries {
		n += e.Cited
	}
	return n
}

func (p editorPages) drawImport(c *gin.Context, status int, t importTyped) error {
	view := views.ImportPage{Frame: p.frame(c, "What the folder would do", "/guidance"), Problems: problemsAt(t.bad, nil),
		Folder:  base64.StdEncoding.EncodeToString(t.packed),
		Changed: ui.Field{ID: "changed", Label: "What is new in those that change, in a sentence", Optional: true, Value: t.changed},
		Table:   ui.Table{Caption: "What each file would do", Columns: []ui.Column{{Label: "File"}, {Label: "Would be"}, {Label: "Line", Number: true}, {Label: "What to know"}}}}
	counts := map[string]int{}
	words := map[string]string{guidance.Fresh: "new", guidance.Rewritten: "a new version", guidance.Moved: "kept otherwise", guidance.Unchanged: "unchanged", guidance.Faulty: "at fault"}
	for _, e := range t.entries {
		counts[e.Does]++
		lineNo := ""
		if e.Line > 0 {
			lineNo = strconv.Itoa(e.Line)
		}
		why := e.Why
		if e.Cited > 0 {
			why = "Relied on by " + strconv.Itoa(e.Cited) + plural(e.Cited, " consultation") + "."
		}
		view.Table.Rows = append(view.Table.Rows, []ui.Cell{{Text: e.Name, Note: e.Title}, {Text: words[e.Does], Overdue: e.Does == guidance.Faulty}, {Text: lineNo}, {Text: why}})
	}
	view.Said = articlesIn(counts[guidance.Fresh]) + " new, " + strconv.Itoa(counts[guidance.Rewritten]) + " changed, " + strconv.Itoa(counts[guidance.Moved]) +
		" kept otherwise, " + strconv.Itoa(counts[guidance.Unchanged]) + " unchanged, " + strconv.Itoa(counts[guidance.Faulty]) + " at fault. "
	work := counts[guidance.Fresh] + counts[guidance.Rewritten] + counts[guidance.Moved]
	switch {
	case counts[guidance.Faulty] > 0:
		view.Said += "Nothing is read in while one is at fault."
	case work == 0:
		view.Said += "There is nothing to do."
	default:
		view.Go = true
		view.Said += "Nothing has happened yet."
	}
	if n := t.cited(); n > 0 && view.Go {
		view.Affects = askAffects(n, "affects", benchTyped{bad: t.bad, affects: t.affects, reason: t.reason})
	}
	return page(c, status, views.Import(view))
}
