package casefile

import (
	"context"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/johnfercher/maroto/v2/pkg/consts/fontstyle"
	"gorm.io/gorm"

	"hotline/app/actor"
	"hotline/app/audit"
	"hotline/app/fault"
	"hotline/app/insured"
	"hotline/app/ticket"
)

// general stands on every summary that leaves.
const general = "General information on risk, not legal or medical advice. State law varies: call us before you act on it in another situation. Confidential; ask your counsel about privilege."

// tampered stands where a text is no longer the one its hash was taken of.
const tampered = "Its text is no longer what was sent. Tell the administrator."

// noticeWords is a notice status as it stands on everything that is sent.
func noticeWords(notice string) string {
	switch notice {
	case "handed":
		return "Handed to Claims, accepted"
	case "declined":
		return "Declined by Claims: consultation only, not notice of a claim"
	}
	return "Consultation only, not notice of a claim"
}

// PDF is the summary as a document to be filed: every edition, confirmation and
// correction, with its citations and steps. Whoever may read the summary; that it was
// taken is recorded first. NotFound where nothing was sent.
func (s *Service) PDF(ctx context.Context, by actor.Actor, number string) ([]byte, error) {
	if !by.Insured() && !by.Desk() {
		return nil, fault.NotFound
	}
	var f *File
	var about facts
	now := s.now()
	err := s.db.Read(ctx, func(q *gorm.DB) (err error) {
		if f, err = s.file(q, by, number); err != nil {
			return err
		}
		if len(f.Editions) == 0 {
			return fault.NotFound
		}
		return q.Raw(`SELECT d.name AS desk, d.phone, tp.name AS topic, t.opened_at, t.state, coalesce(p.given_name, '') AS given, t.caller_name AS caller
			FROM tickets t JOIN desks d ON d.id = t.desk_id JOIN topics tp ON tp.code = t.topic LEFT JOIN physicians p ON p.id = t.physician_id WHERE t.id = ?`,
			f.TicketID).Take(&about).Error
	})
	if err != nil {
		return nil, err
	}
	made, err := f.print(about, now)
	if err != nil {
		return nil, err
	}
	return made, s.db.Write(ctx, func(tx *gorm.DB) error {
		if err := audit.Looked(tx, f.TicketID, by, now); err != nil {
			return err
		}
		return audit.Exported(tx, by, now, "summary", audit.Detail{"ticket": f.TicketID, "edition": f.Latest().Edition}, len(f.Editions))
	})
}

// facts are what stands on top of the document.
type facts struct {
	Desk, Phone, Topic, State string
	Given, Caller             string
	OpenedAt                  time.Time
}

func (f *File) print(about facts, now time.Time) ([]byte, error) {
	title := "Summary of consultation " + f.Number
	p, err := newPaper(title, noticeWords(f.Notice), f.Number+"  ·  "+noticeWords(f.Notice), now)
	if err != nil {
		return nil, err
	}
	p.words(about.Desk, fontstyle.Normal, 9, 0)
	p.words("Summary of a consultation", fontstyle.Bold, 18, 0)
	p.gap(2)
	whom := about.Caller
	if f.Family != "" {
		whom = insured.FullName(about.Given, f.Family)
	}
	for _, one := range [][2]string{{"Number", f.Number}, {"For", whom}, {"About", about.Topic}, {"Care given in", ticket.StateName(about.State)},
		{"Asked", f.at(about.OpenedAt)}, {"Notice status", noticeWords(f.Notice)}, {"Stands", f.standWords()}, {"Printed", f.at(now)}} {
		if one[1] != "" {
			p.pair(one[0], one[1])
		}
	}
	for i := range f.Editions {
		f.printEdition(p, &f.Editions[i], i == 0)
	}
	p.rule()
	p.small(general)
	if about.Phone != "" {
		p.small("Call us: " + about.Phone + ". Give the number " + f.Number + ". In an emergency call 911.")
	}
	return p.bytes()
}

func (f *File) printEdition(p *paper, e *Edition, latest bool) {
	p.rule()
	head := "Edition " + strconv.Itoa(e.Edition)
	if latest && len(f.Editions) > 1 {
		head += ", which holds now"
	} else if !latest {
		head += ", replaced by edition " + strconv.Itoa(e.Edition+1)
	}
	p.head(head, 13)
	p.small("Written by " + e.Author + " and sent " + f.at(e.SentAt) + ".")
	if !e.Whole {
		p.words(tampered, fontstyle.Bold, bodySize, 0)
	}
	section := func(title, words string) {
		p.head(title, 10.5)
		p.body(words)
	}
	section("What you told us", e.Told)
	section("What we suggested", e.Suggested)
	for _, c := range e.Cited {
		p.gap(1)
		words := fmt.Sprintf("Guidance: %s, version %d, as it read on %s; reviewed %s; text %s.", c.Title, c.Version, f.day(c.CitedAt), c.ReviewedOn.Format("January 2, 2006"), fingerprint(c.TextHash))
		if c.Current > c.Version {
			words += " It has been rewritten since."
		}
		p.words(words, fontstyle.Normal, 9, 4)
	}
	p.head("Who does what, by when", 10.5)
	if len(e.Steps) == 0 {
		p.body("No steps were agreed.")
	}
	for _, s := range e.Steps {
		p.words(whoWords(s.Who, f, e)+", by "+s.DueOn.Format("Monday, January 2, 2006")+": "+s.What, fontstyle.Normal, bodySize, 0)
		if s.DoneAt != nil {
			p.words("Done: "+s.DoneBy+", "+f.at(*s.DoneAt)+".", fontstyle.Italic, 9, 4)
		}
	}
	section("What we did not cover", orNone(e.LeftOut))
	section("Notice status when this was sent", noticeWords(e.Notice))
	if len(e.Confirmations)+len(e.Corrections) > 0 {
		p.head("Confirmed and corrected", 10.5)
	}
	for _, c := range e.Confirmations {
		p.body("Confirmed by " + f.speaker(c.By, c.OnBehalf) + ", " + f.at(c.ConfirmedAt) + ".")
	}
	for _, c := range e.Corrections {
		p.gap(1)
		p.words("Corrected by "+f.speaker(c.By, c.OnBehalf)+", "+f.at(c.CorrectedAt)+":", fontstyle.Bold, bodySize, 0)
		p.words(c.Body, fontstyle.Normal, bodySize, 4)
		if c.KeptAt != nil {
			p.words(c.KeptBy+" read it, "+f.at(*c.KeptAt)+", and left the edition as it was said; the correction stands beside it.", fontstyle.Italic, 9, 4)
		}
		if !c.Whole {
			p.words(tampered, fontstyle.Bold, bodySize, 4)
		}
	}
	p.gap(1)
	p.small("Text of this edition: " + fingerprint(e.Hash) + " (SHA-256, its beginning; the record holds the whole).")
}

// whoWords names who a step is up to, on the page of whoever reads it later.
func whoWords(who string, f *File, e *Edition) string {
	switch who {
	case Us:
		return e.Author
	case Office:
		return "The office of " + f.PhysicianName()
	}
	return f.PhysicianName()
}

func (f *File) speaker(name string, onBehalf bool) string {
	if onBehalf {
		return name + ", for " + f.PhysicianName()
	}
	return f.PhysicianName()
}

func (f *File) standWords() string {
	switch f.Stands() {
	case Sent:
		return "sent, not confirmed yet"
	case Corrected:
		return "corrected, not answered yet"
	case Confirmed:
		return "confirmed"
	case Kept:
		return "corrected; the correction stands beside it"
	}
	return ""
}

// at is an instant in the desk's zone.
func (f *File) at(t time.Time) string {
	return t.In(f.Zone).Format("January 2, 2006, 3:04 PM MST")
}

func (f *File) day(t time.Time) string { return t.In(f.Zone).Format("January 2, 2006") }

func orNone(words string) string {
	if strings.TrimSpace(words) == "" {
		return "Nothing was named."
	}
	return words
}

// fingerprint is the beginning of a hash, for people to compare.
func fingerprint(hash []byte) string {
	return hex.EncodeToString(hash)[:min(16, 2*len(hash))]
}
