package web

import (
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"hotline/app/correspondence"
	"hotline/app/fault"
	views "hotline/views/letters"
)

// lineView is a line with its blanks apart.
func lineView(text string) views.Line {
	var out views.Line
	for _, piece := range correspondence.Pieces(text) {
		p := views.Piece{Text: piece.Text}
		if piece.Blank {
			p.Blank = strings.Trim(piece.Text, "[]")
		}
		out = append(out, p)
	}
	return out
}

// documentFiles are the ways a document leaves the house, by the end of their name.
var documentFiles = map[string]struct {
	kind string
	make func(correspondence.Document) ([]byte, error)
}{
	"docx": {"application/vnd.openxmlformats-officedocument.wordprocessingml.document", correspondence.Document.Word},
	"pdf":  {"application/pdf", correspondence.Document.PDF},
	"txt":  {"text/plain; charset=utf-8", func(d correspondence.Document) ([]byte, error) { return d.Plain(), nil }},
}

// downloads are the addresses of a document's files. query is what the document is made of.
func downloads(folder, name, query string) views.Downloads {
	at := func(end string) string {
		url := folder + "/files/" + name + "." + end
		if query != "" {
			url += "?" + query
		}
		return url
	}
	return views.Downloads{Word: at("docx"), PDF: at("pdf"), Text: at("txt")}
}

// sendFile sends a document as the file that was asked for, whole or not at all.
func sendFile(c *gin.Context, name string, d correspondence.Document) error {
	asked, end, _ := strings.Cut(c.Param("file"), ".")
	file, known := documentFiles[end]
	if !known || asked != name {
		return fault.NotFound
	}
	body, err := file.make(d)
	if err != nil {
		return err
	}
	c.Header("Content-Disposition", `attachment; filename="`+name+"."+end+`"`)
	c.Data(http.StatusOK, file.kind, body)
	return nil
}
