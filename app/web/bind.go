package web

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/gin-gonic/gin"
	"golang.org/x/text/unicode/norm"

	"hotline/app/fault"
)

// bodyLimit is the most a form may weigh.
const bodyLimit = 2 << 20

// uploadLimit is the most that may come with the few forms that bring a file, from
// people of the desk: a paper of 5 MB and what is said about it. The rest waits on disk.
const uploadLimit = 6 << 20

// limit is the most the body of a request may weigh, and what to say of one that is more.
func limit(c *gin.Context) (bytes int64, says string) {
	if slices.Contains(uploads, c.FullPath()) && who(c).Desk() {
		return uploadLimit, "That is more than we take at once (6 MB). Go back and choose a smaller file."
	}
	return bodyLimit, "That is more than we take at once (2 MB). What you wrote is still in this browser: go back, shorten it, and send the rest as a message."
}

// form reads the body of a change, up to its limit, before anything else happens.
func (w *Web) form(c *gin.Context) {
	if c.Request.Method != http.MethodPost {
		return
	}
	most, says := limit(c)
	c.Request.Body = http.MaxBytesReader(c.Writer, c.Request.Body, most)
	err := c.Request.ParseForm()
	if err == nil && strings.HasPrefix(c.GetHeader("Content-Type"), "multipart/form-data") {
		err = c.Request.ParseMultipartForm(bodyLimit)
		// The server clears up after the request as it came in; the files hang on our copy of it.
		defer func() {
			if sent := c.Request.MultipartForm; sent != nil {
				_ = sent.RemoveAll()
			}
		}()
	}
	if err == nil {
		c.Next() // what was sent is there until the answer is
		return
	}
	if _, large := errors.AsType[*http.MaxBytesError](err); large {
		w.fail(c, fault.Say(fault.TooLarge, says))
		return
	}
	w.fail(c, fault.Say(fault.Unacceptable, "The form did not arrive whole. Go back and send it again; what you typed is still there."))
}

// text is a field as typed: line ends made one kind, what is not text dropped,
// accents composed. Nothing a person meant is changed.
func text(c *gin.Context, name string) string { return clean(c.PostForm(name)) }

// line is a field of one line.
func line(c *gin.Context, name string) string {
	return strings.Join(strings.Fields(text(c, name)), " ")
}

// query is a value of the address, cleaned the same way.
func query(c *gin.Context, name string) string { return clean(c.Query(name)) }

// checked says whether a box was ticked.
func checked(c *gin.Context, name string) bool {
	return c.PostForm(name) != "" && c.PostForm(name) != "no"
}

// number is a field that holds an id or a count; 0 where it does not.
func number(s string) int64 {
	n, err := strconv.ParseInt(strings.TrimSpace(s), 10, 64)
	if err != nil || n < 0 {
		return 0
	}
	return n
}

func clean(s string) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	s = strings.ReplaceAll(s, "\r\n", "\n")
	s = strings.ReplaceAll(s, "\r", "\n")
	s = strings.Map(func(r rune) rune {
		if r != '\n' && r != '\t' && unicode.Is(unicode.Cc, r) {
			return -1
		}
		return r
	}, s)
	return norm.NFC.String(s)
}
