package guidance

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"sync"
	"syscall"
	"time"
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

// errPrivate stands for an address we do not follow.
var errPrivate = errors.New("a private address, or not the web's port")

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
