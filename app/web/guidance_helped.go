package web

import (
	"fmt"
	"path"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"hotline/app/fault"
	"hotline/app/guidance"
	views "hotline/views/guidance"
	"hotline/views/ui"
)

// toolsFor are the letters and checks that go with an article.
func toolsFor(slug string) []views.Link {
	switch slug {
	case "ending-the-relationship", "discharge-letter", "when-not-to-discharge", "same-day-discharge-and-threats":
		return []views.Link{{Label: "Build the discharge letter", URL: "/letters/discharge"}}
	case "negative-online-reviews", "complaints-refunds-and-demands":
		return []views.Link{{Label: "Check your reply to a review", URL: "/letters/review"}}
	case "subpoenas-attorneys-police-and-press":
		return []views.Link{{Label: "The first-hour card", URL: "/letters/first-hour"}}
	}
	return nil
}

// filesWith are the papers that go with an article, each with its kind.
func filesWith(slug string, files []guidance.File) []views.File {
	all := make([]views.File, len(files))
	for i, f := range files {
		all[i] = views.File{Label: f.Name, URL: fileURL(slug, f.ID), Words: strings.ToUpper(strings.TrimPrefix(path.Ext(f.Name), "."))}
	}
	return all
}

// helpedOf asks the reader whether the current version helped, and tells staff what
// others said.
func (p guidancePages) helpedOf(c *gin.Context, r *guidance.Reading) (*views.Helped, error) {
	if r.Version != r.Current || r.Withdrawn != nil {
		return nil, nil
	}
	by := who(c)
	said, err := p.rooms.Guidance.HelpedBy(c.Request.Context(), by, r.VersionID)
	if err != nil {
		return nil, err
	}
	h := &views.Helped{Action: articleURL(r.Slug) + "/verdict", Version: strconv.Itoa(r.Version)}
	if said.Mine != nil {
		h.Mine = map[bool]string{true: "yes", false: "no"}[*said.Mine]
	}
	if n := said.Yes + said.No; by.Staff() {
		h.Counts = "Nobody has said so far."
		if n > 0 {
			h.Counts = fmt.Sprintf("This version helped %d of the %d times somebody said.", said.Yes, n)
		}
	}
	return h, nil
}

// verdict keeps whether an article helped.
func (p guidancePages) verdict(c *gin.Context) error {
	version, said := c.PostForm("version"), c.PostForm("helped")
	if !versionLike.MatchString(version) || said != "yes" && said != "no" {
		return fault.Say(fault.Unacceptable, "Say yes or no.")
	}
	n, _ := strconv.Atoi(version) // nine digits at most
	if err := p.rooms.Guidance.Helped(c.Request.Context(), who(c), c.Param("slug"), n, said == "yes", guidance.InArticle); err != nil {
		return err
	}
	return see(c, articleURL(c.Param("slug"))+"#helped")
}

// brokenNotice tells staff which of an article's links lead nowhere.
func brokenNotice(r *guidance.Reading, broken []guidance.Link) ui.Flash {
	words := "A link in this article leads nowhere any more: "
	if len(broken) > 1 {
		words = strconv.Itoa(len(broken)) + " links in this article lead nowhere any more: "
	}
	for i, one := range broken {
		if i > 0 {
			words += ", "
		}
		words += one.URL
	}
	return ui.Flash{Kind: "problem", Words: words + ". " + r.Owner + " keeps it.", MoreLabel: "All broken links", MoreURL: "/guidance/links"}
}
