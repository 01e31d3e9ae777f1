package guidance

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"gorm.io/gorm"
)

// linkRules are how links are followed.
type linkRules struct {
	private bool          // also into private networks and this machine
	pause   time.Duration // between two requests to one host
	patient time.Duration // for one address, redirects included
	at      int           // hosts at once
	whole   time.Duration // for all of them: what is left is looked at first the next time
}

var defaultLinkRules = linkRules{pause: time.Second, patient: 15 * time.Second, at: 8, whole: 90 * time.Second}

// FollowPrivateLinks lets the link check into private networks and this machine, for a
// house whose sources stand on its own network.
func FollowPrivateLinks() Option { return func(s *Service) { s.links.private = true } }

// LinkPause is how long the link check leaves a host alone between two requests; a second
// unless said.
func LinkPause(d time.Duration) Option { return func(s *Service) { s.links.pause = d } }

// longestLink is how many bytes an address may have: what servers and browsers take
// without fail, and an index of ours.
const longestLink = 2000

// errPrivate stands for an address we do not follow.
var errPrivate = errors.New("a private address, or not the web's port")

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

// follow asks for every address: several hosts at once, one request at a time a host.
func (l linkRules) follow(ctx context.Context, todo []seen) []seen {
	ctx, stop := context.WithTimeout(ctx, l.whole)
	defer stop()
	client := l.client()
	defer client.CloseIdleConnections()
	hosts := map[string][]seen{}
	var order []string
	var done []seen
	for _, one := range todo {
		if one.outcome == LinkUnusable {
			done = append(done, one)
			continue
		}
		host := ""
		if u, err := url.Parse(one.url); err == nil {
			host = u.Host
		}
		if hosts[host] == nil {
			order = append(order, host)
		}
		hosts[host] = append(hosts[host], one)
	}
	var mu sync.Mutex
	var wait sync.WaitGroup
	queue := make(chan string)
	for range max(1, l.at) {
		wait.Go(func() {
			for host := range queue {
				for i, one := range hosts[host] {
					if i > 0 && !sleep(ctx, l.pause) {
						break
					}
					one.outcome, one.status = l.look(ctx, client, one.url)
					if ctx.Err() != nil {
						break // cut off: it says nothing about the link
					}
					mu.Lock()
					done = append(done, one)
					mu.Unlock()
				}
			}
		})
	}
	for _, host := range order {
		queue <- host
	}
	close(queue)
	wait.Wait()
	return done
}

func sleep(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}

// look asks for one address.
func (l linkRules) look(ctx context.Context, client *http.Client, address string) (outcome string, status int) {
	ctx, stop := context.WithTimeout(ctx, l.patient)
	defer stop()
	status, err := ask(ctx, client, http.MethodHead, address)
	if err == nil && status >= 400 {
		// Many servers do not know HEAD, and say so in many ways.
		status, err = ask(ctx, client, http.MethodGet, address)
	}
	switch {
	case errors.Is(err, errPrivate):
		return LinkRefused, 0
	case err != nil:
		return LinkFailing, 0
	case status == http.StatusNotFound || status == http.StatusGone:
		return LinkGone, status
	case status >= 500 && status != http.StatusServiceUnavailable:
		return LinkFailing, status
	}
	return LinkWorks, status // 401, 403, 429 and the like: there, and not for programs
}

func ask(ctx context.Context, client *http.Client, method, address string) (int, error) {
	r, err := http.NewRequestWithContext(ctx, method, address, nil)
	if err != nil {
		return 0, err
	}
	r.Header.Set("User-Agent", "hotline-link-check")
	r.Header.Set("Accept", "text/html,*/*;q=0.5")
	answer, err := client.Do(r)
	if err != nil {
		return 0, err
	}
	return answer.StatusCode, answer.Body.Close()
}

var errRedirects = errors.New("more than five redirects, or one to another kind of address")

// client follows links. Whether an address is private, and its port the web's, is asked
// of what is dialled, after its name was looked up, so that no name and no redirect leads
// around it.
func (l linkRules) client() *http.Client {
	dialer := &net.Dialer{Timeout: 5 * time.Second}
	if !l.private {
		dialer.Control = func(_, address string, _ syscall.RawConn) error {
			at, err := netip.ParseAddrPort(address)
			if err != nil || !public(at.Addr()) || at.Port() != 80 && at.Port() != 443 {
				return errPrivate
			}
			return nil
		}
	}
	return &http.Client{
		Transport: &http.Transport{
			Proxy: nil, DialContext: dialer.DialContext, TLSHandshakeTimeout: 5 * time.Second, ResponseHeaderTimeout: 10 * time.Second,
			MaxResponseHeaderBytes: 64 << 10, DisableCompression: true, DisableKeepAlives: true,
		},
		CheckRedirect: func(r *http.Request, via []*http.Request) error {
			if len(via) > 5 || r.URL.Scheme != "https" && r.URL.Scheme != "http" {
				return errRedirects
			}
			return nil
		},
	}
}

// notPublic are ranges that are global by their form and lead nowhere public: carrier
// networks, benchmarks, documentation, what is reserved, a cloud's own machine room, and
// IPv4 in other clothes.
var notPublic = func() []netip.Prefix {
	var all []netip.Prefix
	for _, p := range []string{"0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
		"240.0.0.0/4", "168.63.129.16/32", "::/96", "::ffff:0:0:0/96", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "2002::/16", "fec0::/10"} {
		all = append(all, netip.MustParsePrefix(p))
	}
	return all
}()

func public(a netip.Addr) bool {
	a = a.Unmap()
	return a.IsGlobalUnicast() && !a.IsPrivate() && !slices.ContainsFunc(notPublic, func(p netip.Prefix) bool { return p.Contains(a) })
}
