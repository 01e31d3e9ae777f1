package insured

import (
	"context"
	"database/sql"
	_ "embed"
	"encoding/json"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
	"gorm.io/gorm"

	"hotline/app/actor"
	"hotline/app/fault"
)

//go:embed find.sql
var findSQL string

// Caller is a physician as the desk sees them while somebody is on the line.
type Caller struct {
	PhysicianID int64
	Name        string // "Dr Leila Imani"
	FamilyName  string
	Specialty   string
	Practice    string // "" for none
	City        string // of the practice
	State       string
	Language    string // code
	Policy      string // number of the cover in force today, else of the last one; "" for none
	PolicyUntil *Date  // the first day on which that no longer holds; nil for none
	InForce     bool   // today
	MatchedBy   string // phone, policy, name or practice; "" from Show
	Phones      []string
	Delegates   []Delegate // in force today
}

// Salutation is "Dr Imani".
func (c Caller) Salutation() string { return Salutation(c.FamilyName) }

// Most that Find gives, and what it gives when it is not said.
const (
	findMost  = 50
	findUsual = 8
)

// Find looks for a caller while something is being typed: their name or their
// practice's, spelled about right and as yet incomplete, or a policy or phone number
// in any format, in full or four digits of it. A number in full comes first, then part
// of one, then names by how alike they are. limit at most 50; 0: 8. Nothing to go by
// gives nobody. For consultants and managers; others find nothing. One query.
func (s *Service) Find(ctx context.Context, by actor.Actor, typed string, limit int) ([]Caller, error) {
	if !by.Desk() {
		return nil, fault.NotFound
	}
	asked := read(typed)
	if asked == (ask{}) {
		return nil, nil
	}
	if limit <= 0 {
		limit = findUsual
	}
	asked.most = min(limit, findMost)
	return s.callers(ctx, asked)
}

// Show is one physician as the desk sees them. For the desk, administrators, the system
// and the physician themselves.
func (s *Service) Show(ctx context.Context, by actor.Actor, physicianID int64) (*Caller, error) {
	err := s.db.Read(ctx, func(q *gorm.DB) error { return mayShow(q, by, physicianID) })
	if err != nil {
		return nil, err
	}
	found, err := s.callers(ctx, ask{physician: physicianID, most: 1})
	if err != nil {
		return nil, err
	}
	if len(found) == 0 {
		return nil, fault.NotFound
	}
	return &found[0], nil
}

func mayShow(q *gorm.DB, by actor.Actor, physicianID int64) error {
	if by.Desk() || by.Is(actor.Administrator, actor.System) {
		return nil
	}
	return own(q, by, physicianID)
}

// ask is what a query goes by. What is empty is not looked for.
type ask struct {
	words, e164, digits, policy string
	physician                   int64
	most                        int
}

// enough is how many digits make it a number that is being typed, and not a name with
// a digit in it.
const enough = 4

// read sees in what was typed a number or words, never both: the "PL" of a policy's
// number would find names.
func read(typed string) ask {
	typed = norm.NFKC.String(line(typed))
	if runes := []rune(typed); len(runes) > 100 {
		typed = string(runes[:100])
	}
	digits := Digits(typed)
	if len(digits) < enough {
		return ask{words: words(typed)}
	}
	a := ask{policy: PolicyKey(typed)}
	a.e164, _ = Number(typed, Region)
	if strings.IndexFunc(typed, unicode.IsLetter) < 0 {
		// A trunk or international prefix is dialled and not part of what is kept.
		if a.digits = strings.TrimPrefix(digits, "011"); a.digits == digits {
			a.digits = strings.TrimLeft(digits, "0")
		}
		if len(a.digits) < enough {
			a.digits = digits
		}
	}
	return a
}

// words are the words of a name: letters, and what may stand inside a name, without
// what is said before and after it. A single letter is too little to go by.
func words(typed string) string {
	var kept []string
	letters := 0
	for word := range strings.FieldsSeq(typed) {
		switch strings.ToLower(strings.ReplaceAll(strings.Trim(word, ".,"), ".", "")) {
		case "dr", "doctor", "md":
			continue
		}
		for _, r := range word {
			if unicode.IsLetter(r) {
				letters++
			}
		}
		kept = append(kept, word)
	}
	if letters < 2 {
		return ""
	}
	return strings.Join(kept, " ")
}

// found is a row of find.sql.
type found struct {
	PhysicianID                                             int64
	GivenName, FamilyName, Specialty, Practice, City, State string
	Matched, Policy                                         string
	PolicyUntil                                             *Date
	InForce                                                 bool
	Phones, Delegates                                       string // JSON
}

func (s *Service) callers(ctx context.Context, a ask) ([]Caller, error) {
	var rows []found
	ask := s.db.Snapshot // which way is best depends on what was typed
	if a.physician != 0 {
		ask = s.db.Read
	}
	err := ask(ctx, func(q *gorm.DB) error {
		return q.Raw(findSQL, sql.Named("words", a.words), sql.Named("e164", a.e164), sql.Named("digits", a.digits),
			sql.Named("policy", a.policy), sql.Named("physician", a.physician),
			sql.Named("today", s.Today()), sql.Named("most", a.most)).Scan(&rows).Error
	})
	if err != nil {
		return nil, err
	}
	callers := make([]Caller, len(rows))
	for i, row := range rows {
		callers[i] = Caller{
			PhysicianID: row.PhysicianID, Name: FullName(row.GivenName, row.FamilyName), FamilyName: row.FamilyName,
			Specialty: row.Specialty, Practice: row.Practice, City: row.City, State: row.State,
			Policy: row.Policy, PolicyUntil: row.PolicyUntil, InForce: row.InForce, MatchedBy: row.Matched,
		}
		if err := json.Unmarshal([]byte(row.Phones), &callers[i].Phones); err != nil {
			return nil, err
		}
		if err := json.Unmarshal([]byte(row.Delegates), &callers[i].Delegates); err != nil {
			return nil, err
		}
	}
	return callers, nil
}
