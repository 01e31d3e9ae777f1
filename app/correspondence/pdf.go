package correspondence

import (
	"strconv"
	"strings"

	"github.com/johnfercher/maroto/v2"
	"github.com/johnfercher/maroto/v2/pkg/components/col"
	"github.com/johnfercher/maroto/v2/pkg/components/page"
	"github.com/johnfercher/maroto/v2/pkg/components/row"
	"github.com/johnfercher/maroto/v2/pkg/components/text"
	"github.com/johnfercher/maroto/v2/pkg/config"
	"github.com/johnfercher/maroto/v2/pkg/consts/fontfamily"
	"github.com/johnfercher/maroto/v2/pkg/consts/fontstyle"
	"github.com/johnfercher/maroto/v2/pkg/consts/pagesize"
	"github.com/johnfercher/maroto/v2/pkg/core"
	"github.com/johnfercher/maroto/v2/pkg/props"
)

// gap is the space after a block, in millimetres.
const gap = 3.4

// PDF is the document on letter-size paper, with its title as a PDF reader shows it. Its
// face is one of those every reader has, which knows Western European letters only.
func (d Document) PDF() ([]byte, error) {
	cfg := config.NewBuilder().WithPageSize(pagesize.Letter).WithLeftMargin(25).WithRightMargin(25).WithTopMargin(22).WithBottomMargin(18).
		WithDefaultFont(&props.Font{Family: fontfamily.Helvetica, Size: float64(d.size()) - 0.5}).
		WithTitle(d.Title, true).WithCreator("Hotline", true).WithSequentialMode().Build()
	m := maroto.New(cfg)
	var sheets [][]core.Row
	sheets = append(sheets, nil)
	add := func(rows ...core.Row) { sheets[len(sheets)-1] = append(sheets[len(sheets)-1], rows...) }
	for _, b := range d.Blocks {
		switch b.Kind {
		case NewPage:
			sheets = append(sheets, nil)
		case Title, Heading:
			size := float64(d.size()) + 3
			if b.Kind == Heading {
				size = float64(d.size()) + 1
			}
			add(text.NewAutoRow(b.Text, props.Text{Style: fontstyle.Bold, Size: size, Top: 1, Bottom: 2}))
		case Bullets, Numbered:
			if b.Text != "" {
				add(words(b.Text, 1.2))
			}
			for i, item := range b.Items {
				mark, after := "•", 1.2
				if b.Kind == Numbered {
					mark = strconv.Itoa(i+1) + "."
				}
				if i == len(b.Items)-1 {
					after = gap
				}
				add(listed(mark, item, after))
			}
		case Lines:
			lines := strings.Split(b.Text, "\n")
			for i, line := range lines {
				after := 0.6
				if i == len(lines)-1 {
					after = gap
				}
				add(words(line, after))
			}
		case Quote:
			add(words("“"+b.Text+"”", gap))
		default:
			add(words(b.Text, gap))
		}
	}
	for _, rows := range sheets {
		m.AddPages(page.New().Add(rows...))
	}
	doc, err := m.Generate()
	if err != nil {
		return nil, err
	}
	return doc.GetBytes(), nil
}

// words are set across the page, with space after them in millimetres.
func words(said string, after float64) core.Row {
	return text.NewAutoRow(said, props.Text{Bottom: after, VerticalPadding: 1.1})
}

// listed is one of a list: its mark, and its words beside it.
func listed(mark, said string, after float64) core.Row {
	return row.New().Add(col.New().Add(
		text.New(mark, props.Text{Left: 1.5}),
		text.New(said, props.Text{Left: 7.5, Bottom: after, VerticalPadding: 1.1})))
}
