package casefile

import "time"

// File is a ticket's summary with all that was said about it.
type File struct {
	TicketID int64
	Number   string
	Notice   string // the ticket's notice status now
	Family   string // the physician's family name; "" for an unknown caller
	Zone     *time.Location
	Today    time.Time // the desk's day, at midnight UTC
	Editions []Edition // newest first; none: nothing was sent, or it is not the reader's to read
	Speaks   bool      // the reader may confirm it, correct it, and say that a step is done
	OnBehalf bool      // and does so for the physician
}

// Edition is a summary as it was sent.
type Edition struct {
	ID        int64
	Edition   int
	AuthorID  int64
	Author    string
	Told      string
	Suggested string
	LeftOut   string
	Notice    string // as it was when this was sent
	SentAt    time.Time
	Whole     bool `gorm:"-"` // the text is the one that was sent, to the letter
	Hash      []byte

	Cited         []Cited        `gorm:"-"`
	Steps         []Step         `gorm:"-"`
	Confirmations []Confirmation `gorm:"-"`
	Corrections   []Correction   `gorm:"-"`
}

// Cited is an article version that an edition leans on, as it was cited.
type Cited struct {
	SummaryID, VersionID int64
	Title, Slug          string
	Version, Current     int
	CitedAt, ReviewedOn  time.Time
	TextHash             []byte
}

// Step is what somebody agreed to do.
type Step struct {
	ID        int64
	SummaryID int64
	Who       string // Physician, Office or Us
	What      string
	DueOn     time.Time // a day, at midnight UTC
	DoneAt    *time.Time
	DoneBy    string
	DoneRole  string
}

// Confirmation is somebody's yes to an edition.
type Confirmation struct {
	SummaryID   int64
	By          string
	OnBehalf    bool
	ConfirmedAt time.Time
}

// Correction is what the physician's side says is not right, as they wrote it.
type Correction struct {
	ID          int64
	SummaryID   int64
	By          string
	OnBehalf    bool
	Body        string
	CorrectedAt time.Time
	Hash        []byte
	Whole       bool
	KeptBy      string // who read it and left the edition as it was said; "": nobody
	KeptAt      *time.Time
}

// Stand is where a summary stands.
type Stand string

// Where a summary can stand.
const (
	None      Stand = ""          // nothing was sent
	Sent      Stand = "sent"      // it waits for the physician
	Corrected Stand = "corrected" // a correction waits for us
	Confirmed Stand = "confirmed"
	Kept      Stand = "kept" // corrected, and the correction stands beside it
)

// Latest is the edition that holds now; nil: none was sent.
func (f *File) Latest() *Edition {
	if len(f.Editions) == 0 {
		return nil
	}
	return &f.Editions[0]
}

// Stands says where the summary stands.
func (f *File) Stands() Stand {
	e := f.Latest()
	if e == nil {
		return None
	}
	kept := false
	for _, c := range e.Corrections {
		if c.KeptAt == nil {
			return Corrected
		}
		kept = true
	}
	switch {
	case len(e.Confirmations) > 0:
		return Confirmed
	case kept:
		return Kept
	}
	return Sent
}

// DoneBefore are the steps of earlier editions that were done, oldest first.
func (f *File) DoneBefore() []Step {
	var done []Step
	for i := len(f.Editions) - 1; i > 0; i-- {
		for _, s := range f.Editions[i].Steps {
			if s.DoneAt != nil {
				done = append(done, s)
			}
		}
	}
	return done
}

// Overdue says whether a step's day is past and it is not done.
func (f *File) Overdue(s Step) bool { return s.DoneAt == nil && s.DueOn.Before(f.Today) }
