package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"text/tabwriter"

	"hotline/app/actor"
	"hotline/app/fault"
	"hotline/app/guidance"
)

// guidanceCmd takes the library out as a folder of Markdown, and in.
type guidanceCmd struct {
	Dir    string         `help:"The folder of a demo, when it is the demo's library you mean." placeholder:"DIR"`
	Import guidanceImport `cmd:"" help:"Read a folder of Markdown in: all of it or, where one file is at fault, nothing."`
	Export guidanceExport `cmd:"" help:"Write every article that stands as a Markdown file."`
}

type guidanceImport struct {
	From     string `arg:"" name:"folder" help:"The folder with the articles, a .md file each."`
	DryRun   bool   `help:"Only say what each file would do."`
	Changed  string `help:"What is new in the articles that change, in a sentence."`
	Affects  string `help:"What was advised before and does not hold any more, in a sentence: consultations that relied on it are listed for recall."`
	NoRecall bool   `help:"Say that what was advised before still holds. One of the two is needed where an article that changes was ever cited."`
}

func (g guidanceImport) Run(ctx context.Context, of *guidanceCmd) error {
	leaves, err := guidance.FromFolder(os.DirFS(g.From))
	if err != nil {
		return putRight("the folder cannot be read: %s", readingError(err))
	}
	if g.Affects != "" && g.NoRecall {
		return putRight("--affects and --no-recall say the opposite of each other")
	}
	return withHouse(ctx, of.Dir, func(h *house, _ *config) error { return g.importTo(ctx, h, leaves, os.Stdout) })
}

func (g guidanceImport) importTo(ctx context.Context, h *house, leaves []guidance.Leaf, out io.Writer) error {
	by := actor.Command("guidance import")
	in := guidance.Shipment{Leaves: leaves, Changed: g.Changed, Dry: true, Affects: guidance.Affects{Answered: g.Affects != "" || g.NoRecall, Affected: g.Affects != "", Why: g.Affects}}
	entries, err := h.guidance.Import(ctx, by, in)
	if err != nil {
		return err
	}
	faulty, cited := 0, 0
	w := tabwriter.NewWriter(out, 0, 4, 2, ' ', 0)
	for _, e := range entries {
		place, why := e.Name, e.Why
		if e.Line > 0 {
			place = fmt.Sprintf("%s:%d", e.Name, e.Line)
		}
		if e.Cited > 0 {
			why = fmt.Sprintf("relied on by %d consultations", e.Cited)
		}
		fmt.Fprintf(w, "%s\t%s\t%s\n", e.Does, place, why)
		cited += e.Cited
		if e.Does == guidance.Faulty {
			faulty++
		}
	}
	if err := w.Flush(); err != nil {
		return err
	}
	switch {
	case faulty > 0:
		return exit{1, "nothing was read in: a file is at fault"}
	case g.DryRun:
		return nil
	case cited > 0 && g.Affects == "" && !g.NoRecall:
		return putRight("an article that changes was cited: say with --affects what does not hold any more, or with --no-recall that it all does")
	}
	in.Dry = false
	_, err = h.guidance.Import(ctx, by, in)
	if errors.Is(err, fault.Unacceptable) {
		return exit{1, "nothing was read in: the library changed meanwhile"}
	}
	return err
}

// readingError says why a folder could not be read, without its name.
func readingError(err error) string {
	if cause, ok := errors.AsType[*os.PathError](err); ok {
		return cause.Err.Error()
	}
	return err.Error()
}

type guidanceExport struct {
	To string `arg:"" name:"folder" help:"Where the files go; it is made if it is not there."`
}

func (g guidanceExport) Run(ctx context.Context, of *guidanceCmd) error {
	return withHouse(ctx, of.Dir, func(h *house, _ *config) error {
		n, err := exportTo(ctx, h, g.To)
		if err == nil {
			fmt.Printf("%d articles\n", n)
		}
		return err
	})
}

// exportTo writes the library to a folder. Files of it that are there are written over;
// others stay.
func exportTo(ctx context.Context, h *house, folder string) (int, error) {
	leaves, err := h.guidance.Export(ctx, actor.Command("guidance export"))
	if err != nil {
		return 0, err
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return 0, putRight("the folder cannot be made: %s", readingError(err))
	}
	for _, l := range leaves {
		if err := os.WriteFile(filepath.Join(folder, l.Name), l.Content, 0o644); err != nil {
			return 0, putRight("the folder cannot be written to: %s", readingError(err))
		}
	}
	return len(leaves), nil
}
