package casefile

import (
	"strings"
	"sync"
	"time"
	"unicode"

	"github.com/johnfercher/maroto/v2"
	"github.com/johnfercher/maroto/v2/pkg/components/col"
	"github.com/johnfercher/maroto/v2/pkg/components/line"
	"github.com/johnfercher/maroto/v2/pkg/components/row"
	typed "github.com/johnfercher/maroto/v2/pkg/components/text"
	"github.com/johnfercher/maroto/v2/pkg/config"
	"github.com/johnfercher/maroto/v2/pkg/consts/fontstyle"
	"github.com/johnfercher/maroto/v2/pkg/consts/pagesize"
	"github.com/johnfercher/maroto/v2/pkg/core"
	"github.com/johnfercher/maroto/v2/pkg/core/entity"
	"github.com/johnfercher/maroto/v2/pkg/props"
	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/goitalic"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
)

// Millimetres on a page of US Letter.
const (
	margin    = 20.0
	pageWidth = 215.9
	bodySize  = 10.0
	pitch     = 1.36 // a line's height, in heights of its letters
	slack     = 0.6  // the printer rounds each letter; no line comes closer to the edge
)

// mm is so many points in millimetres.
func mm(points float64) float64 { return points * 25.4 / 72 }

// face is one cut of the type, and what it can write.
type face struct {
	style fontstyle.Type
	ttf   []byte
	font  *sfnt.Font
}

// faces are read once; their files are part of the program.
var faces = sync.OnceValues(func() (map[fontstyle.Type]*face, error) {
	all := map[fontstyle.Type]*face{}
	for style, ttf := range map[fontstyle.Type][]byte{fontstyle.Normal: goregular.TTF, fontstyle.Bold: gobold.TTF, fontstyle.Italic: goitalic.TTF} {
		parsed, err := sfnt.Parse(ttf)
		if err != nil {
			return nil, err
		}
		all[style] = &face{style, ttf, parsed}
	}
	return all, nil
})

// plain leaves only what the type can write: what it cannot is a box, never nothing.
func (f *face) plain(s string) string {
	var buf sfnt.Buffer
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.In(r, unicode.Mn, unicode.Cf, unicode.Variation_Selector):
			return -1
		}
		if glyph, err := f.font.GlyphIndex(&buf, r); err != nil || glyph == 0 || r > 0xFFFF {
			return '□'
		}
		return r
	}, s)
}

// width is how wide words are in print, in millimetres.
func (f *face) width(s string, size float64) float64 {
	var buf sfnt.Buffer
	const em = 1000
	sum := 0
	for _, r := range s {
		glyph, err := f.font.GlyphIndex(&buf, r)
		if err != nil {
			continue
		}
		advance, err := f.font.GlyphAdvance(&buf, glyph, fixed.I(em), font.HintingNone)
		if err != nil {
			continue
		}
		sum += advance.Ceil()
	}
	return mm(float64(sum) * size / em)
}

// wrap breaks words into lines no wider than so many millimetres; a word that is wider
// by itself is broken where the line ends.
func (f *face) wrap(s string, size, width float64) []string {
	var lines []string
	for paragraph := range strings.SplitSeq(s, "\n") {
		current := ""
		for _, word := range strings.Fields(f.plain(paragraph)) {
			if joined := strings.TrimSpace(current + " " + word); f.width(joined, size) <= width {
				current = joined
				continue
			}
			if current != "" {
				lines = append(lines, current)
			}
			for cut := f.fitting(word, size, width); cut < len(word); cut = f.fitting(word, size, width) {
				lines, word = append(lines, word[:cut]), word[cut:]
			}
			current = word
		}
		lines = append(lines, current)
	}
	return lines
}

// fitting is how many bytes of a word fit, at least its first letter. It reads no further
// than the line: a word may be as long as a field.
func (f *face) fitting(word string, size, width float64) int {
	wide := 0.0
	for i, r := range word {
		if wide += f.width(string(r), size); i > 0 && wide > width {
			return i
		}
	}
	return len(word)
}

// paper is a document that grows from top to bottom. Every row is one line, so that
// however much somebody wrote, nothing runs off a page.
type paper struct {
	maroto core.Maroto
	faces  map[fontstyle.Type]*face
}

// newPaper begins a document with a title, the line at the foot of each page, and its
// page numbers.
func newPaper(title, about, foot string, at time.Time) (*paper, error) {
	all, err := faces()
	if err != nil {
		return nil, err
	}
	var cuts []*entity.CustomFont
	for _, style := range []fontstyle.Type{fontstyle.Normal, fontstyle.Bold, fontstyle.Italic} {
		cuts = append(cuts, &entity.CustomFont{Family: "go", Style: style, Bytes: all[style].ttf})
	}
	grey := &props.Color{Red: 80, Green: 80, Blue: 80}
	m := maroto.New(config.NewBuilder().WithPageSize(pagesize.Letter).WithLeftMargin(margin).WithRightMargin(margin).WithTopMargin(margin).WithBottomMargin(margin).
		WithCustomFonts(cuts).WithDefaultFont(&props.Font{Family: "go", Size: bodySize, Color: &props.BlackColor}).WithCompression(true).
		WithTitle(title, true).WithSubject(about, true).WithAuthor("Hotline, Risk Management", true).WithCreator("Hotline", true).WithCreationDate(at).
		WithPageNumber(props.PageNumber{Pattern: "Page {current} of {total}", Place: props.RightBottom, Family: "go", Size: 8, Color: grey}).Build())
	p := &paper{m, all}
	small := props.Text{Size: 8, Top: 2, Color: grey}
	return p, m.RegisterFooter(row.New(8).Add(col.New(12).Add(typed.New(all[fontstyle.Normal].plain(foot), small))))
}

// words writes text in a cut and a size, indented by millimetres.
func (p *paper) words(s string, style fontstyle.Type, size, indent float64) {
	for _, one := range p.faces[style].wrap(s, size, pageWidth-2*margin-indent-slack) {
		p.maroto.AddRows(row.New(mm(size) * pitch).Add(col.New(12).Add(typed.New(one, props.Text{Style: style, Size: size, Left: indent}))))
	}
}

// pair writes a label and what it stands for beside it.
func (p *paper) pair(label, s string) {
	for i, one := range p.faces[fontstyle.Normal].wrap(s, bodySize, (pageWidth-2*margin)*9/12-slack) {
		if i > 0 {
			label = ""
		}
		p.maroto.AddRows(row.New(mm(bodySize)*pitch).Add(col.New(3).Add(typed.New(label, props.Text{Style: fontstyle.Bold, Size: bodySize})),
			col.New(9).Add(typed.New(one, props.Text{Size: bodySize}))))
	}
}

func (p *paper) body(s string)  { p.words(s, fontstyle.Normal, bodySize, 0) }
func (p *paper) small(s string) { p.words(s, fontstyle.Normal, 8.5, 0) }

// head is a heading, on the same page as what follows it.
func (p *paper) head(s string, size float64) {
	p.gap(size / 3)
	for need := size*0.8 + 3*bodySize*0.5; !p.maroto.FitlnCurrentPage(need) && p.maroto.FitlnCurrentPage(1); {
		p.gap(1)
	}
	p.words(s, fontstyle.Bold, size, 0)
	p.gap(0.8)
}

// gap leaves some millimetres free.
func (p *paper) gap(high float64) { p.maroto.AddRows(row.New(high).Add(col.New(12))) }

func (p *paper) rule() {
	p.gap(2)
	p.maroto.AddRows(line.NewRow(1, props.Line{SizePercent: 100, OffsetPercent: 50}))
	p.gap(1)
}

func (p *paper) bytes() ([]byte, error) {
	document, err := p.maroto.Generate()
	if err != nil {
		return nil, err
	}
	return document.GetBytes(), nil
}
