package correspondence

import (
	"strconv"
	"strings"
)

// Plain is the document as text, with the line ends of Windows, so that every editor
// shows its lines.
func (d Document) Plain() []byte {
	var out strings.Builder
	for i, b := range d.Blocks {
		if i > 0 {
			out.WriteString("\n")
		}
		switch b.Kind {
		case Title, Heading:
			out.WriteString(strings.ToUpper(b.Text) + "\n")
		case NewPage:
			out.WriteString(strings.Repeat("-", 60) + "\n")
		case Quote:
			out.WriteString("“" + b.Text + "”\n")
		case Bullets, Numbered:
			if b.Text != "" {
				out.WriteString(b.Text + "\n")
			}
			for n, item := range b.Items {
				mark := "- "
				if b.Kind == Numbered {
					mark = strconv.Itoa(n+1) + ". "
				}
				out.WriteString(mark + item + "\n")
			}
		default:
			out.WriteString(b.Text + "\n")
		}
	}
	return []byte(strings.ReplaceAll(out.String(), "\n", "\r\n"))
}
