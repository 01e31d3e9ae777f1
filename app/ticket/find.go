package ticket

import (
	"context"
	"regexp"
	"strconv"
	"strings"

	"gorm.io/gorm"

	"hotline/app/actor"
	"hotline/app/fault"
	"hotline/app/insured"
)

var numberLike = regexp.MustCompile(`^(?i:rm-?\d{4}-?)?0*(\d{1,12})$`)

// Jump finds the one ticket that what was typed names: its number, whole or its
// last digits. "" when it names none the person may see.
func (s *Service) Jump(ctx context.Context, by actor.Actor, typed string) (string, error) {
	typed = strings.TrimSpace(typed)
	m := numberLike.FindStringSubmatch(typed)
	if m == nil || !by.Desk() {
		return "", nil
	}
	var numbers []string
	err := s.db.Read(ctx, func(q *gorm.DB) error {
		sight, err := see(q, by, s.now())
		if err != nil {
			return err
		}
		digits := m[1]
		if len(digits) < 6 {
			digits = strings.Repeat("0", 6-len(digits)) + digits
		}
		// A sequence number appears once whatever the year, so the years of the house are tried.
		year := s.now().Year() + 1 // a desk's new year may begin before ours
		candidates := []string{strings.ToUpper(typed)}
		for y := year; y > year-30; y-- {
			candidates = append(candidates, "RM-"+strconv.Itoa(y)+"-"+digits)
		}
		return q.Raw("SELECT t.number FROM tickets t WHERE t.number IN ? AND "+sight.where+" LIMIT 2",
			append([]any{candidates}, sight.args...)...).Scan(&numbers).Error
	})
	if err != nil || len(numbers) != 1 {
		return "", err
	}
	return numbers[0], nil
}

// searchSet is how many matches are looked at; the newest of them are shown.
const searchSet = 1000

// Search finds tickets by words in the question, or by the phone or policy of the
// physician, newest first. Consultants and managers.
func (s *Service) Search(ctx context.Context, by actor.Actor, typed string, limit int) ([]Line, error) {
	if !by.Desk() {
		return nil, fault.NotFound
	}
	typed = strings.TrimSpace(typed)
	if typed == "" {
		return nil, nil
	}
	var lines []Line
	err := s.db.Snapshot(ctx, func(q *gorm.DB) error {
		sight, err := see(q, by, s.now())
		if err != nil {
			return err
		}
		e164, phone := insured.Number(typed, "US")
		if !phone {
			e164 = ""
		}
		args := append(append([]any{typed}, sight.args...), e164, e164, e164, typed)
		args = append(args, sight.args...)
		// Limits stand in the statement: see List.
		return q.Raw(`SELECT `+lineColumns+` FROM (
				SELECT t.* FROM (
					SELECT w.id FROM (SELECT t.id FROM tickets t WHERE t.search @@ websearch_to_tsquery('english', plain(?)) AND `+sight.where+` LIMIT `+strconv.Itoa(searchSet)+`) w
					UNION
					SELECT t.id FROM tickets t WHERE t.caller_phone_e164 = ? AND t.caller_phone_e164 <> ''
					UNION
					SELECT t.id FROM tickets t WHERE t.physician_id IN (
						SELECT physician_id FROM phones WHERE e164 = ? AND e164 <> '' AND physician_id IS NOT NULL
						UNION SELECT p.id FROM physicians p JOIN phones ph ON ph.practice_id = p.practice_id WHERE ph.e164 = ? AND ph.e164 <> ''
						UNION SELECT c.physician_id FROM policies po JOIN coverages c ON c.policy_id = po.id
							WHERE po.key = upper(regexp_replace(?, '[^A-Za-z0-9]', '', 'g')))
				) hit JOIN tickets t ON t.id = hit.id
				WHERE `+sight.where+` ORDER BY t.opened_at DESC, t.id DESC LIMIT `+strconv.Itoa(limit)+`) t`+lineJoins+` ORDER BY t.opened_at DESC, t.id DESC`, args...).Scan(&lines).Error
	})
	return lines, err
}
