package correspondence

import (
	"bytes"
	"encoding/xml"
	"strings"

	"github.com/gomutex/godocx"
	"github.com/gomutex/godocx/docx"
)

// The sizes of type, in points; large print is for readers who see little.
const (
	ordinaryType = 11
	largeType    = 18
)

func (d Document) size() uint64 {
	if d.Large {
		return largeType
	}
	return ordinaryType
}

// Word is the document as a .docx file.
func (d Document) Word() ([]byte, error) {
	doc, err := godocx.NewDocument()
	if err != nil {
		return nil, err
	}
	doc.FileMap.Store("docProps/core.xml", d.properties())
	for _, b := range d.Blocks {
		switch b.Kind {
		case NewPage:
			doc.AddPageBreak()
		case Title, Heading:
			level := uint(1)
			if b.Kind == Heading {
				level = 2
			}
			p, err := doc.AddHeading("", level)
			if err != nil {
				return nil, err
			}
			p.AddText(b.Text).Font(typeface).Size(d.size() + 5 - 2*uint64(level)).Color("000000").Bold(true)
			p.Spacing(0, 120)
		case Bullets, Numbered:
			if b.Text != "" {
				d.run(doc, b.Text, 60)
			}
			style := "List Bullet"
			list := 0
			if b.Kind == Numbered {
				style, list = "List Number", doc.NewListInstance(orderedList)
			}
			for _, item := range b.Items {
				p := d.run(doc, item, 60)
				p.Style(style)
				if list != 0 {
					p.Numbering(list, 0)
				}
			}
		case Lines:
			lines := strings.Split(b.Text, "\n")
			for i, line := range lines {
				after := uint64(0)
				if i == len(lines)-1 {
					after = 160
				}
				d.run(doc, line, after)
			}
		case Quote:
			d.run(doc, "“"+b.Text+"”", 160)
		default:
			d.run(doc, b.Text, 160)
		}
	}
	var out bytes.Buffer
	if err := doc.Write(&out); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// typeface is one every Word has.
const typeface = "Georgia"

// orderedList is the template's list of numbers.
const orderedList = 1

// run writes a paragraph with what is to be filled in set apart. after is in twentieths
// of a point.
func (d Document) run(doc *docx.RootDoc, text string, after uint64) *docx.Paragraph {
	p := doc.AddEmptyParagraph()
	p.Spacing(0, after)
	for _, piece := range Pieces(text) {
		r := p.AddText(piece.Text).Font(typeface).Size(d.size())
		if piece.Blank {
			r.Highlight("yellow")
		}
	}
	return p
}

// properties are what a program reads aloud as the document's name, in place of those
// that came with the template.
func (d Document) properties() []byte {
	var title bytes.Buffer
	_ = xml.EscapeText(&title, []byte(d.Title)) // a buffer takes everything
	return []byte(xml.Header + `<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/" ` +
		`xmlns:dcterms="http://purl.org/dc/terms/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><dc:title>` + title.String() +
		`</dc:title><dc:language>en-US</dc:language></cp:coreProperties>`)
}
