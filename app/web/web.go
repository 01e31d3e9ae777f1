// Package web is the way in for people: routes, pages and forms over the rooms. It
// decides nothing; it reads a form, makes one call, and shows or redirects.
package web

import (
	"net/http"
	"net/url"
	"time"

	"github.com/alexedwards/scs/v2"
	"github.com/gin-gonic/gin"
	"github.com/prometheus/client_golang/prometheus"

	"hotline/app/account"
	"hotline/app/call"
	"hotline/app/casefile"
	"hotline/app/correspondence"
	"hotline/app/desk"
	"hotline/app/guidance"
	"hotline/app/insured"
	"hotline/app/learning"
	"hotline/app/live"
	"hotline/app/mail"
	"hotline/app/operations"
	"hotline/app/report"
	"hotline/app/ticket"
	"hotline/app/whatif"
	"hotline/static"
)

// Rooms are what the pages call.
type Rooms struct {
	Accounts   *account.Service
	Insured    *insured.Service
	Desks      *desk.Service
	Tickets    *ticket.Service
	Calls      *call.Service
	Guidance   *guidance.Service
	Reports    *report.Service
	Plans      *whatif.Service
	Operations *operations.Service
	Casefiles  *casefile.Service
	Letters    *correspondence.Service
	Learning   *learning.Service
	Hub        *live.Hub
	Box        *mail.Box // the demo's; nil otherwise
	Now        func() time.Time
}

// Options are what the pages need to know of the installation.
type Options struct {
	Public         *url.URL // PUBLIC_URL: decides about cookies, and is the only source of links
	TrustedProxies []string // whose X-Forwarded-For is believed; none by default
	Demo           bool
	Metrics        prometheus.Registerer // nil: none
}

// Web is the whole of it.
type Web struct {
	rooms    Rooms
	options  Options
	sessions *scs.SessionManager
	house    *house
	metrics  *metrics
	handler  http.Handler
}

// New puts the pages over the rooms.
func New(rooms Rooms, options Options) *Web {
	w := &Web{rooms: rooms, options: options, house: &house{desks: rooms.Desks, now: rooms.Now}}
	w.metrics = newMetrics(options.Metrics)
	w.sessions = w.newSessions()
	w.handler = w.build()
	return w
}

func (w *Web) ServeHTTP(rw http.ResponseWriter, r *http.Request) { w.handler.ServeHTTP(rw, r) }

// build stacks the doors: static files and the pulse need nobody; everything else
// has a session, comes from our own pages, and is answered by a route.
func (w *Web) build() http.Handler {
	gin.SetMode(gin.ReleaseMode)
	engine := gin.New()
	engine.HandleMethodNotAllowed = false
	engine.RedirectTrailingSlash = true
	if err := engine.SetTrustedProxies(w.options.TrustedProxies); err != nil {
		panic(err) // the configuration was checked before
	}
	engine.Use(w.logged, gin.CustomRecoveryWithWriter(nil, w.recovered), w.headers, w.identify, w.form)
	for _, r := range w.routes() {
		engine.Handle(r.method, r.path, w.only(r.who), w.on(r.action))
	}
	engine.NoRoute(w.on(nowhere))

	guarded := http.NewCrossOriginProtection()
	if w.options.Public != nil {
		_ = guarded.AddTrustedOrigin(w.options.Public.Scheme + "://" + w.options.Public.Host)
	}
	guarded.SetDenyHandler(http.HandlerFunc(w.refuseOrigin))

	mux := http.NewServeMux()
	mux.Handle(static.Prefix, static.Handler())
	mux.HandleFunc("GET /healthz", w.healthz)
	mux.Handle("/", guarded.Handler(w.sessions.LoadAndSave(engine)))
	return mux
}
