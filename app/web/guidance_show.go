package web

import (
	"context"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"

	"github.com/gin-gonic/gin"

	"hotline/app/actor"
	"hotline/app/fault"
	"hotline/app/guidance"
	views "hotline/views/guidance"
	"hotline/views/ui"
)

// versionLike is a version's number as an address has it.
var versionLike = regexp.MustCompile(`^[1-9][0-9]{0,8}$`)

// versionAsked is the version an address names, or otherwise where it names none.
func versionAsked(typed string, otherwise int) (int, error) {
	if typed == "" {
		return otherwise, nil
	}
	if !versionLike.MatchString(typed) {
		return 0, fault.NotFound
	}
	return strconv.Atoi(typed)
}

// ticketLike is a ticket's number as an address has it.
var ticketLike = regexp.MustCompile(`^RM-[0-9]{4}-[0-9]{6,12}$`)

// show is one version of an article: the current one, or the one that was cited.
func (p guidancePages) show(c *gin.Context) error {
	ctx, by := c.Request.Context(), who(c)
	version, err := versionAsked(query(c, "version"), 0)
	if err != nil {
		return err
	}
	r, err := p.rooms.Guidance.Show(ctx, by, c.Param("slug"), version)
	if err != nil {
		return err
	}
	number, cited, err := p.cameFrom(c, r)
	if err != nil {
		return err
	}
	view := views.ShowPage{Frame: p.frame(c, r.Title, "/guidance"), Staff: by.Staff(), Title: r.Title, Summary: r.Summary, For: r.For,
		Topic:    views.Link{Label: uncapped(r.TopicName), URL: "/guidance?topic=" + url.QueryEscape(r.Topic)},
		DeskOnly: r.Visible == guidance.ForDesk, Notices: p.notices(ctx, by, r, cited), Imprint: p.imprint(ctx, r)}
	if by.Insured() {
		view.AskURL = askURL(r.Topic)
	}
	if by.Insured() || by.Desk() {
		view.Tools = toolsFor(r.Slug)
	}
	view.Files = filesWith(r.Slug, r.Files)
	if view.Helped, err = p.helpedOf(c, r); err != nil {
		return err
	}
	if by.Desk() {
		view.Edit = []views.Link{{Label: "Edit this article", URL: articleURL(r.Slug) + "/edit"}}
		if r.Current > 1 {
			view.Edit = append(view.Edit, views.Link{Label: "What changed", URL: articleURL(r.Slug) + "/changes"})
		}
	}
	broken, err := p.rooms.Guidance.BrokenLinks(ctx, by, r.Slug)
	if err != nil {
		return err
	}
	if len(broken) > 0 && r.Version == r.Current {
		view.Notices = append(view.Notices, brokenNotice(r, broken))
	}
	if by.Desk() && number != "" && len(cited) == 0 && r.Version == r.Current && !view.DeskOnly && r.Withdrawn == nil {
		view.Cite = &views.Cite{Action: "/tickets/" + number + "/citations", Slug: r.Slug, Label: "Cite on " + number}
	}
	sections, err := guidance.Render(r.Body)
	if err != nil {
		return err
	}
	view.Sections, view.Contents, err = dressed(sections, p.calling(view), readersStates(c, by, r))
	if err != nil {
		return err
	}
	return page(c, http.StatusOK, views.Show(view))
}

// cameFrom is the ticket a reader came from, and how this very version was cited there;
// "" where they came from none.
func (p guidancePages) cameFrom(c *gin.Context, r *guidance.Reading) (number string, cited []guidance.Citation, err error) {
	number = query(c, "ticket")
	if !ticketLike.MatchString(number) {
		return "", nil, nil
	}
	cited, err = p.rooms.Guidance.CitedOn(c.Request.Context(), who(c), number)
	return number, slices.DeleteFunc(cited, func(one guidance.Citation) bool { return one.VersionID != r.VersionID }), err
}

// calling is the number an article tells its reader to call.
func (p guidancePages) calling(view views.ShowPage) views.Call {
	return views.Call{Phone: view.Frame.DeskPhone, Tel: view.Frame.DeskPhoneTel, Open: view.Frame.OpenLine}
}

// notices are what a reader has to know before they rely on what they read.
func (p guidancePages) notices(ctx context.Context, by actor.Actor, r *guidance.Reading, cited []guidance.Citation) []ui.Flash {
	var all []ui.Flash
	older := r.Version != r.Current
	readable := by.Staff() || r.Visible == guidance.ForInsured && r.Withdrawn == nil
	newest := func(f ui.Flash) ui.Flash {
		if older && readable {
			f.MoreLabel, f.MoreURL = "Read version "+strconv.Itoa(r.Current), articleURL(r.Slug)
		}
		return f
	}
	whole := r.Whole
	for _, one := range cited {
		whole = whole && one.HashWhole
		words := "Version " + strconv.Itoa(one.Version) + ", as " + one.CitedBy + " cited it on " + one.Number + " on " + p.deskDay(ctx, one.CitedAt) + "."
		if older && r.Withdrawn == nil {
			words += " It has been rewritten since."
		}
		all = append(all, newest(ui.Flash{Words: words}))
	}
	switch {
	case r.Withdrawn != nil:
		words := "This was withdrawn on " + p.deskDay(ctx, *r.Withdrawn) + "."
		if r.Why != "" {
			words += " " + r.Why
		}
		strong := "Do not rely on it: call us, and we tell you what has changed for you."
		if by.Staff() {
			strong = "It is not found, suggested or cited any more."
		}
		all = append(all, ui.Flash{Kind: "alarm", Words: words, Strong: strong})
	case older && len(cited) == 0:
		all = append(all, newest(ui.Flash{Kind: "problem", Words: "This is version " + strconv.Itoa(r.Version) + ". It has been rewritten since."}))
	case !older && p.overdue(ctx, r.Due):
		words := "This was to be reviewed by " + longDay(r.Due) + " and has not been since " + longDay(r.Reviewed) + ". The law may have moved on: "
		if by.Insured() {
			words += "call us before you rely on it."
		} else {
			words += "check before you rely on it, and tell " + r.Owner + "."
		}
		all = append(all, ui.Flash{Kind: "problem", Words: words})
	}
	if !whole {
		all = append(all, ui.Flash{Kind: "alarm", Words: "This text is not, letter for letter, the one that was published.", Strong: "Do not rely on it; please call us."})
	}
	return all
}

// imprint is what stands about an article: how fresh it is, and who answers for it.
func (p guidancePages) imprint(ctx context.Context, r *guidance.Reading) []views.Fact {
	facts := []views.Fact{{Label: "Last reviewed", Day: &views.Day{Words: longDay(r.Reviewed), At: r.Reviewed}}}
	if !r.Due.IsZero() { // a draft may have no day yet
		due := "by "
		if p.overdue(ctx, r.Due) {
			due = "was due by "
		}
		facts = append(facts, views.Fact{Label: "Next review", Day: &views.Day{Words: due + longDay(r.Due), At: r.Due}})
	}
	facts = append(facts, views.Fact{Label: "Version", Value: strconv.Itoa(r.Version) + ", published " + p.deskDay(ctx, r.PublishedAt)})
	if r.Changed != "" {
		facts = append(facts, views.Fact{Label: "What changed", Value: r.Changed})
	}
	var others []views.Link
	for _, e := range r.Editions {
		if e.Version != r.Version {
			others = append(others, views.Link{Label: strconv.Itoa(e.Version), URL: articleURL(r.Slug) + "?version=" + strconv.Itoa(e.Version)})
		}
	}
	if len(others) > 0 {
		facts = append(facts, views.Fact{Label: "Other versions", Links: others})
	}
	minutes := guidance.ReadingMinutes(r.Body)
	return append(facts, views.Fact{Label: "Kept by", Value: keeper(r)}, views.Fact{Label: "Reading time", Value: strconv.Itoa(minutes) + plural(minutes, " minute")})
}

// keeper is who answers for an article, and in what capacity it was written.
func keeper(r *guidance.Reading) string {
	if r.Author == "" {
		return r.Owner
	}
	return r.Owner + ", " + uncapped(r.Author)
}
