package main

import (
	"context"
	"net/url"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"hotline/app/account"
	"hotline/app/call"
	"hotline/app/casefile"
	"hotline/app/correspondence"
	"hotline/app/database"
	"hotline/app/desk"
	"hotline/app/guidance"
	"hotline/app/insured"
	"hotline/app/learning"
	"hotline/app/letter"
	"hotline/app/live"
	"hotline/app/mail"
	"hotline/app/operations"
	"hotline/app/report"
	"hotline/app/ticket"
	"hotline/app/web"
	"hotline/app/whatif"
	"hotline/jobs"
)

// house is every room, each built once.
type house struct {
	db         *database.DB
	hub        *live.Hub
	accounts   *account.Service
	insured    *insured.Service
	desks      *desk.Service
	tickets    *ticket.Service
	calls      *call.Service
	guidance   *guidance.Service
	reports    *report.Service
	plans      *whatif.Service
	letters    *letter.Service
	operations *operations.Service
	casefiles  *casefile.Service
	papers     *correspondence.Service
	learning   *learning.Service
	box        *mail.Box
	registry   *prometheus.Registry
}

// built are the choices that differ between verbs.
type built struct {
	secret, secretPrevious []byte
	requireTOTP            bool
	privateLinks           bool // the link check may follow guidance into private networks
	box                    *mail.Box
}

func build(db *database.DB, b built) *house {
	var shelf []guidance.Option
	if b.privateLinks {
		shelf = append(shelf, guidance.FollowPrivateLinks())
	}
	return &house{
		db: db, hub: live.NewHub(db.Pool()), box: b.box, registry: prometheus.NewRegistry(),
		accounts:   account.New(db, account.Options{Secret: b.secret, PreviousSecret: b.secretPrevious, RequireTOTP: b.requireTOTP}),
		insured:    insured.New(db, nil),
		desks:      desk.New(db),
		tickets:    ticket.New(db),
		calls:      call.New(db),
		guidance:   guidance.New(db, shelf...),
		reports:    report.New(db),
		plans:      whatif.New(db),
		letters:    letter.New(db),
		operations: operations.New(db),
		casefiles:  casefile.New(db),
		papers:     correspondence.New(db),
		learning:   learning.New(db),
	}
}

// pages are the house's web door.
func (h *house) pages(public *url.URL, proxies []string, demo bool) *web.Web {
	return web.New(web.Rooms{
		Accounts: h.accounts, Insured: h.insured, Desks: h.desks, Tickets: h.tickets, Calls: h.calls, Guidance: h.guidance,
		Reports: h.reports, Plans: h.plans, Operations: h.operations, Casefiles: h.casefiles, Letters: h.papers, Learning: h.learning, Hub: h.hub, Box: h.box, Now: func() time.Time { return h.db.Now() },
	}, web.Options{Public: public, TrustedProxies: proxies, Demo: demo, Metrics: h.registry})
}

func (h *house) work() jobs.Rooms {
	return jobs.Rooms{Tickets: h.tickets, Letters: h.letters, Accounts: h.accounts, Operations: h.operations, Plans: h.plans,
		Guidance: h.guidance, Casefiles: h.casefiles, Papers: h.papers, Learning: h.learning}
}

// phone is the number letters name: the first desk's.
func (h *house) phone(ctx context.Context) string {
	all, err := h.desks.All(ctx)
	if err != nil || len(all) == 0 {
		return ""
	}
	return all[0].Phone
}
