package report

import (
	"io"
	"strconv"
	"strings"
)

// sheet writes CSV that spreadsheets open as it is meant: UTF-8 with its mark, lines
// that end as they expect, and no cell that they would take for a formula.
type sheet struct {
	w    io.Writer
	line strings.Builder
	rows int
	err  error
}

// newSheet writes the heads.
func newSheet(w io.Writer, heads ...string) *sheet {
	s := &sheet{w: w}
	s.line.WriteString("\uFEFF")
	s.write(heads)
	return s
}

// row writes one row.
func (s *sheet) row(cells ...string) {
	s.rows++
	s.write(cells)
}

// end writes the last line, how many rows there were, and gives the first error.
func (s *sheet) end() error {
	s.write([]string{"rows", strconv.Itoa(s.rows)})
	return s.flush()
}

func (s *sheet) write(cells []string) {
	for i, cell := range cells {
		if i > 0 {
			s.line.WriteByte(',')
		}
		s.line.WriteString(quoted(harmless(cell)))
	}
	s.line.WriteString("\r\n")
	if s.line.Len() > 32<<10 {
		_ = s.flush()
	}
}

func (s *sheet) flush() error {
	if s.err == nil {
		_, s.err = io.WriteString(s.w, s.line.String())
	}
	s.line.Reset()
	return s.err
}

// harmless puts an apostrophe before what a spreadsheet would run.
func harmless(cell string) string {
	if cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0])) {
		return "'" + cell
	}
	return cell
}

func quoted(cell string) string {
	if !strings.ContainsAny(cell, ",\"\r\n") {
		return cell
	}
	return `"` + strings.ReplaceAll(cell, `"`, `""`) + `"`
}
