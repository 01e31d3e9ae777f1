package main

import (
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"math/rand/v2"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"hotline/app/actor"
	"hotline/app/guidance"
)

// benchArticles is how many articles guidance is measured with, beside those that ship.
const benchArticles = 5000

// BenchmarkGuidance measures search and an article's page over 5,000 articles:
//
//	BENCH_TICKETS=1000 go test ./cmd/hotline -run '^$' -bench Guidance -benchtime 3s
//
// search is the room's call alone, sql its statements through pgx alone, their rows read
// and decoded; ratio is one to the other by their medians, in milliseconds.
func BenchmarkGuidance(b *testing.B) {
	slog.SetDefault(slog.New(slog.NewJSONHandler(io.Discard, nil)))
	s := openStand(b)
	w := s.scratch(b, "guidance")
	w.shelve(b)
	traced := w.open(b, w.url, w.heard).guidance
	for _, one := range []struct{ name, words string }{
		{"word", "vaccine"}, {"common", "patient letter"}, {"synonym", "fire a patient"}, {"typo", "vacine exemtion"},
		{"sentence", "my patient wants a refill of an opioid but missed every visit this year"}, {"phrase", `"certified mail"`}, {"nothing", "zeppelin"},
	} {
		b.Run("search-"+one.name, func(b *testing.B) { w.search(b, traced, one.words) })
	}
	b.Run("index-page", func(b *testing.B) { w.page(b, w.rosa, "/guidance?q="+url.QueryEscape("fire a patient")) })
	b.Run("article-page", func(b *testing.B) { w.page(b, w.rosa, "/guidance/ending-the-relationship") })
}

func (w *bench) search(b *testing.B, traced *guidance.Service, words string) {
	by := actor.Actor{ID: 1, Role: actor.Consultant}
	ask := func(s *guidance.Service) {
		if _, err := s.Search(b.Context(), by, words, "", 20); err != nil {
			b.Fatal(err)
		}
	}
	for range 5 {
		ask(w.guidance)
		ask(traced)
	}
	w.heard.start()
	ask(traced)
	statements := w.heard.stop()
	var searches, bare took
	for b.Loop() {
		began := time.Now()
		ask(w.guidance)
		between := time.Now()
		if err := replay(b.Context(), w.db.Pool(), statements); err != nil {
			b.Fatal(err)
		}
		searches, bare = append(searches, between.Sub(began)), append(bare, time.Since(between))
	}
	searches.report(b, "search")
	bare.report(b, "sql")
	b.ReportMetric(searches.at(50)/bare.at(50), "ratio")
	b.ReportMetric(0, "ns/op")
}

// shelve fills the library with articles made of the words of those that ship: titles of
// rarer ones, texts of nine hundred, each as often as people write it.
func (w *bench) shelve(b *testing.B) {
	b.Helper()
	files, err := fs.Glob(guidance.Library(), "*.md")
	if err != nil {
		b.Fatal(err)
	}
	var all, keywords []string
	var model guidance.Front
	for _, name := range files {
		text, err := fs.ReadFile(guidance.Library(), name)
		if err != nil {
			b.Fatal(err)
		}
		front, body, err := guidance.ParseFile(name, text)
		if err != nil {
			b.Fatal(err)
		}
		model = front
		all = append(all, regexp.MustCompile(`[A-Za-z][a-z'-]+`).FindAllString(guidance.Plain(body), -1)...)
		keywords = append(keywords, strings.Split(front.Keywords, ", ")...)
	}
	distinct := slices.Compact(slices.Sorted(slices.Values(all)))
	r := rand.New(rand.NewPCG(7, 13))
	some := func(of []string, n int, between string) string {
		words := make([]string, n)
		for i := range words {
			words[i] = of[r.IntN(len(of))]
		}
		return strings.Join(words, between)
	}
	for i := range benchArticles {
		a := guidance.Article{Front: model}
		a.Slug, a.Title = fmt.Sprintf("made-%d", i), some(distinct, 6, " ")
		a.Keywords, a.Summary, a.Body = some(keywords, 14, ", "), some(all, 24, " "), "## Text\n\n"+some(all, 900, " ")+"\n"
		if _, err := w.guidance.Publish(b.Context(), actor.Command("bench"), a); err != nil {
			b.Fatal(err)
		}
	}
	if _, err := w.db.Pool().Exec(b.Context(), "ANALYZE"); err != nil {
		b.Fatal(err)
	}
}
