package guidance_test

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"hotline/app/fault"
	"hotline/app/guidance"
)

// sources is a server on this machine that an article links to.
func sources(t *testing.T) (*httptest.Server, func() []string) {
	t.Helper()
	var mu sync.Mutex
	var asked []string
	mux := http.NewServeMux()
	mux.HandleFunc("/here", func(http.ResponseWriter, *http.Request) {})
	mux.HandleFunc("/get-only", func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodHead {
			w.WriteHeader(http.StatusMethodNotAllowed)
		}
	})
	mux.HandleFunc("/not-for-programs", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusForbidden) })
	mux.HandleFunc("/fault", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusInternalServerError) })
	mux.HandleFunc("/around", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/around", http.StatusFound) })
	mux.HandleFunc("/moved", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/here", http.StatusFound) })
	mux.HandleFunc("/gone", http.NotFound)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		asked = append(asked, r.Method+" "+r.URL.Path)
		mu.Unlock()
		mux.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	return server, func() []string { mu.Lock(); defer mu.Unlock(); return slices.Clone(asked) }
}

// checker is the room on a network where the sources of tests stand.
func (h *house) checker() *guidance.Service {
	return guidance.New(h.db, guidance.FollowPrivateLinks(), guidance.LinkPause(time.Millisecond))
}

func linking(to ...string) guidance.Article {
	a := article("linked")
	a.Body += "\n## Sources\n\n"
	for _, one := range to {
		a.Body += "1. [A source](<" + one + ">)\n"
	}
	return a
}

func TestALinkIsBrokenOnceItFailedOnTwoDays(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	server, asked := sources(t)
	checker := h.checker()
	paths := []string{"/here", "/here#part", "/get-only", "/not-for-programs", "/fault", "/around", "/moved", "/gone"}
	var urls []string
	for _, p := range paths {
		urls = append(urls, server.URL+p)
	}
	h.publish(linking(urls...))
	failing := func() (first, broken []string) {
		r, err := h.Links(h.ctx, h.consultant)
		h.must(err)
		if r.Checked != 7 || r.LastAt == nil {
			t.Fatalf("reads %+v", r)
		}
		for _, l := range r.Links {
			path := strings.TrimPrefix(l.URL, server.URL)
			if l.Broken() {
				broken = append(broken, path)
			} else {
				first = append(first, path)
			}
		}
		slices.Sort(first)
		slices.Sort(broken)
		return first, broken
	}
	bad := []string{"/around", "/fault", "/gone"}
	for range 2 { // twice a day is one day
		n, err := checker.CheckLinks(h.ctx)
		h.must(err)
		if first, broken := failing(); n != 0 || !slices.Equal(first, bad) || len(broken) != 0 {
			t.Fatalf("on the first day %v fail and %v are broken", first, broken)
		}
	}
	if n := len(slices.DeleteFunc(asked(), func(s string) bool { return !strings.HasSuffix(s, "/around") })); n > 4*6 {
		t.Errorf("followed a circle %d times", n)
	}
	h.db.Freeze(h.db.Now().Add(24 * time.Hour))
	n, err := checker.CheckLinks(h.ctx)
	h.must(err)
	if first, broken := failing(); n != 3 || len(first) != 0 || !slices.Equal(broken, bad) {
		t.Errorf("on the second day %d: %v fail and %v are broken", n, first, broken)
	}
	list, err := h.BrokenLinks(h.ctx, h.auditor, "linked")
	h.must(err)
	if len(list) != 3 || list[0].Since == nil || list[0].Owner != "Grace Oduya, JD" {
		t.Errorf("staff read %+v", list)
	}
	if list, err := h.BrokenLinks(h.ctx, h.physician, "linked"); err != nil || len(list) != 0 {
		t.Errorf("a physician reads %+v, %v", list, err)
	}
	_, err = h.Links(h.ctx, h.physician)
	h.says(err, fault.NotFound)

	// A link taken out is forgotten.
	h.publish(linking(server.URL + "/here"))
	if n, err := checker.CheckLinks(h.ctx); err != nil || n != 0 {
		t.Errorf("%d broken, %v", n, err)
	}
}

func TestPrivateAddressesAreRefused(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	server, asked := sources(t)
	port := server.URL[strings.LastIndex(server.URL, ":"):]
	h.publish(linking(server.URL+"/here", "http://localhost"+port+"/here", "http://10.0.0.1/", "http://169.254.169.254/latest", "http://0.0.0.0"+port+"/here", "http://8.8.8.8:22/", "http://9.9.9.9:8080/"))
	_, err := guidance.New(h.db, guidance.LinkPause(time.Millisecond)).CheckLinks(h.ctx)
	h.must(err)
	r, err := h.Links(h.ctx, h.manager)
	h.must(err)
	if len(r.Links) != 7 || len(asked()) != 0 {
		t.Fatalf("%d refused, %v asked for", len(r.Links), asked())
	}
	for _, l := range r.Links {
		if l.Outcome != guidance.LinkRefused || !l.Broken() {
			t.Errorf("%s: %s", l.URL, l.Outcome)
		}
	}
}

func TestWhereNothingCanBeReachedNoLinkIsAtFault(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	server := httptest.NewServer(nil)
	server.Close()
	h.publish(linking(server.URL + "/here"))
	checker := h.checker()
	for range 3 {
		n, err := checker.CheckLinks(h.ctx)
		h.must(err)
		r, err := h.Links(h.ctx, h.manager)
		h.must(err)
		if n != 0 || len(r.Links) != 0 || r.Checked != 1 || r.Unreached != 1 {
			t.Errorf("%d broken, reads %+v", n, r)
		}
		h.db.Freeze(h.db.Now().Add(24 * time.Hour))
	}
}

func TestALinkTooLongToBeOneIsSaidAndTheOthersAreKept(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	server, asked := sources(t)
	long := func(end string) string {
		words := make([]byte, 3000)
		for i := range words { // nothing that could be packed smaller
			words[i] = 'a' + byte((i*i*7+i*13+i/26*11)%26)
		}
		return server.URL + "/" + string(words) + end
	}
	h.publish(linking(server.URL+"/here", long("one"), long("two"), server.URL+"/gone"))
	checker := h.checker()
	n, err := checker.CheckLinks(h.ctx)
	h.must(err)
	r, err := h.Links(h.ctx, h.manager)
	h.must(err)
	if n != 1 || r.Checked != 3 || len(r.Links) != 2 || r.Links[0].Outcome != guidance.LinkUnusable || !r.Links[0].Broken() || len(r.Links[0].URL) > 2000 || !strings.HasSuffix(r.Links[0].URL, "…") {
		t.Errorf("%d broken, reads %d and %+v", n, r.Checked, r.Links)
	}
	if slices.ContainsFunc(asked(), func(s string) bool { return len(s) > 2000 }) {
		t.Error("the long one was asked for")
	}
	if n, err := checker.CheckLinks(h.ctx); err != nil || n != 1 {
		t.Errorf("the second time %d broken, %v", n, err)
	}
}

func TestALinkThatCannotBeKeptTakesNoneOfTheOthersAlong(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	server, _ := sources(t)
	h.publish(linking(server.URL+"/here", server.URL+"/fault", server.URL+"/gone"))
	h.exec("ALTER TABLE link_checks ADD CHECK (url NOT LIKE '%/fault')")
	if _, err := h.checker().CheckLinks(h.ctx); err == nil {
		t.Error("nobody learns of it")
	}
	if n := h.count("SELECT count(*) FROM link_checks"); n != 2 {
		t.Errorf("%d of the others are kept", n)
	}
}

func TestWhatIsPublic(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]bool{
		"8.8.8.8": true, "2606:4700::1111": true, "127.0.0.1": false, "::1": false, "::ffff:10.1.2.3": false, "192.168.1.1": false, "172.16.0.1": false,
		"100.64.0.1": false, "169.254.169.254": false, "fe80::1": false, "fd00::1": false, "0.0.0.0": false, "::": false, "224.0.0.1": false, "255.255.255.255": false,
		"::7f00:1": false, "::8.8.8.8": false, "::ffff:0:7f00:1": false, "168.63.129.16": false,
		"64:ff9b::7f00:1": false, "2002:7f00:1::": false, "198.18.0.1": false, "203.0.113.7": false,
	} {
		if got := guidance.Public(netip.MustParseAddr(address)); got != want {
			t.Errorf("%s is public: %v", address, got)
		}
	}
}
