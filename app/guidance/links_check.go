package guidance

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"gorm.io/gorm"
)

// longestLink is how many bytes an address may have: what servers and browsers take
// without fail, and an index of ours.
const longestLink = 2000

// seen is what asking for an address gave.
type seen struct {
	url      string
	articles []int64
	outcome  string
	status   int
}

// CheckLinks looks at the links of every current article; it gives how many are broken.
// An address is asked for by HEAD, then, where that is refused, by GET without its body;
// five redirects at most. Addresses in private networks are refused when they are dialled,
// after the name was looked up, redirects included. A link that fails is broken once it
// has on two days. Where nothing at all could be reached, that is our own line, and no
// link's fault.
func (s *Service) CheckLinks(ctx context.Context) (int, error) {
	todo, err := s.linksInUse(ctx)
	if err != nil || len(todo) == 0 {
		return 0, err
	}
	results := s.links.follow(ctx, todo)
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	online := slices.ContainsFunc(results, func(r seen) bool { return r.status > 0 })
	used := make([]string, len(todo))
	for i, one := range todo {
		used[i] = one.url
	}
	wrong := []error{s.db.Write(ctx, func(tx *gorm.DB) error {
		return tx.Exec(`DELETE FROM link_checks WHERE NOT (url = ANY (SELECT jsonb_array_elements_text(CAST(? AS jsonb))))`, list(used)).Error
	})}
	now := s.now()
	for _, r := range results {
		if !online && r.outcome == LinkFailing {
			r.outcome = LinkUnreached
		}
		// Each by itself: what cannot be kept of one takes none of the others along.
		wrong = append(wrong, s.db.Write(ctx, func(tx *gorm.DB) error { return keepSeen(tx, r, now) }))
	}
	var broken int
	err = s.db.Read(ctx, func(q *gorm.DB) error {
		return q.Raw(`SELECT count(*) FROM link_checks WHERE outcome IN ('refused', 'unusable') OR failed_days >= ?`, brokenAfter).Scan(&broken).Error
	})
	return broken, errors.Join(append(wrong, err)...)
}

// keepSeen keeps what a look gave. Two looks on one day are one day; a day on which
// nothing could be reached neither counts nor clears.
func keepSeen(tx *gorm.DB, r seen, now time.Time) error {
	ids := "{"
	for i, id := range r.articles {
		if i > 0 {
			ids += ","
		}
		ids += strconv.FormatInt(id, 10)
	}
	fails := r.outcome == LinkGone || r.outcome == LinkFailing
	return tx.Exec(`INSERT INTO link_checks (url, articles, outcome, status, checked_at, failing_since, failed_days)
		VALUES (@url, CAST(@ids AS bigint[]), @outcome, @status, @now, CASE WHEN @fails THEN CAST(@now AS timestamptz) END, CASE WHEN @fails THEN 1 ELSE 0 END)
		ON CONFLICT (url) DO UPDATE SET articles = excluded.articles, outcome = excluded.outcome, status = excluded.status, checked_at = excluded.checked_at,
			failing_since = CASE WHEN @fails THEN coalesce(link_checks.failing_since, excluded.checked_at) WHEN excluded.outcome = 'unreached' THEN link_checks.failing_since END,
			failed_days = CASE WHEN @fails AND link_checks.failed_days > 0 AND (link_checks.checked_at AT TIME ZONE 'UTC')::date = (excluded.checked_at AT TIME ZONE 'UTC')::date THEN link_checks.failed_days
				WHEN @fails THEN link_checks.failed_days + 1 WHEN excluded.outcome = 'unreached' THEN link_checks.failed_days ELSE 0 END`,
		map[string]any{"url": r.url, "ids": ids + "}", "outcome": r.outcome, "status": r.status, "now": now, "fails": fails}).Error
}

// linksInUse are the addresses current articles link to, those looked at longest ago first.
func (s *Service) linksInUse(ctx context.Context) ([]seen, error) {
	var texts []struct {
		ID   int64
		Body string
	}
	before := map[string]time.Time{}
	err := s.db.Read(ctx, func(q *gorm.DB) error {
		err := q.Raw(`SELECT a.id, v.body FROM articles a JOIN article_versions v ON v.article_id = a.id AND v.version = a.current
			WHERE a.withdrawn_at IS NULL ORDER BY a.id`).Scan(&texts).Error
		if err != nil {
			return err
		}
		var checks []struct {
			URL       string
			CheckedAt time.Time
		}
		err = q.Raw(`SELECT url, checked_at FROM link_checks`).Scan(&checks).Error
		for _, c := range checks {
			before[c.URL] = c.CheckedAt
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	at := map[string]int{}
	var all []seen
	for _, t := range texts {
		found, err := outward(t.Body)
		if err != nil {
			return nil, err
		}
		for _, address := range found {
			one := seen{url: address}
			if len(address) > longestLink {
				one = seen{url: strings.ToValidUTF8(address[:longestLink-len("…")], "") + "…", outcome: LinkUnusable}
			}
			i, known := at[one.url]
			if !known {
				i, at[one.url] = len(all), len(all)
				all = append(all, one)
			}
			if !slices.Contains(all[i].articles, t.ID) {
				all[i].articles = append(all[i].articles, t.ID)
			}
		}
	}
	slices.SortStableFunc(all, func(a, b seen) int { return before[a.url].Compare(before[b.url]) })
	return all, nil
}
