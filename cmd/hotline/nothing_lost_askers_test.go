package main

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// asker is a physician at a browser, on a bad line.
type asker struct {
	o      *ordeal
	email  string
	chance *rand.Rand
	client *http.Client
}

// onceAsked is what one form came to.
type onceAsked struct {
	key, email    string
	began, heard  time.Time // the first click; the answer that was heard
	number        string    // what the answer said
	clicks, tries int
}

func (o *ordeal) asker(name string, part uint64) *asker {
	jar, _ := cookiejar.New(nil)
	return &asker{o, emailOf(name), o.chance(part), &http.Client{Jar: jar}}
}

// askAll asks n questions, each physician one after the other, and gives them once
// every one has been answered with a number.
func (o *ordeal) askAll(all []*asker, n int) []onceAsked {
	var left atomic.Int64
	left.Store(int64(n))
	var mu sync.Mutex
	var asked []onceAsked
	var going sync.WaitGroup
	until := time.Now().Add(time.Duration(*lostMinutes) * time.Minute)
	ctx, cancel := context.WithDeadline(o.ctx, until)
	defer cancel()
	for _, a := range all {
		going.Go(func() {
			for !o.Failed() && left.Add(-1) >= 0 {
				q, ok := a.ask(ctx)
				if !ok {
					o.Errorf("%s never heard that %s arrived", a.email, q.key)
					return
				}
				mu.Lock()
				asked = append(asked, q)
				mu.Unlock()
				a.rests()
			}
		})
	}
	going.Wait()
	o.Logf("%d questions asked after %s", len(asked), time.Since(o.began).Round(time.Millisecond))
	return asked
}

// rests is the time between two questions: in the short form such that the whole lasts
// about half a minute, for all that has to happen meanwhile.
func (a *asker) rests() {
	if *lostHurry {
		<-time.After(between(a.chance, 200*time.Millisecond, 2600*time.Millisecond))
	} else {
		<-time.After(between(a.chance, 0, 1000*time.Millisecond))
	}
}

var keyIn = regexp.MustCompile(`name="key"[^>]*value="([0-9a-f-]{36})"`)

// ask opens the form and sends it: once, twice at the same time, or again after the
// answer; with patience or without. What is not heard is sent again with its key.
func (a *asker) ask(ctx context.Context) (onceAsked, bool) {
	q := onceAsked{email: a.email}
	for q.key == "" {
		page, _, ok := a.do(ctx, 10*time.Second, http.MethodGet, "/requests/new", nil)
		if found := keyIn.FindStringSubmatch(page); ok && found != nil {
			q.key = found[1]
		} else if !a.waits(ctx) {
			return q, false
		}
	}
	form := url.Values{"key": {q.key}, "topic": {[]string{"discharge", "online_reviews"}[a.chance.IntN(2)]}, "answer_by": {"write"},
		"question": {fmt.Sprintf("May I end the care of a patient who missed %d visits?\nNo letter is answered.", 2+a.chance.IntN(7))}}
	switch a.chance.IntN(8) {
	case 0:
		form.Set("danger", "yes") // critical, which counts as two
	case 1, 2:
		form.Set("deadline", "yes")
		form.Set("deadline_day", time.Now().AddDate(0, 0, 5).Format("01/02/2006"))
	}
	clicks := []int{1, 1, 2, 2, 3}[a.chance.IntN(5)]
	q.clicks, q.began = clicks, time.Now()
	patience := 10 * time.Second
	if a.chance.IntN(4) == 0 {
		patience = between(a.chance, time.Millisecond, 60*time.Millisecond) // gone before the answer
	}
	numbers := make([]string, clicks)
	var all sync.WaitGroup
	for i := range numbers {
		all.Go(func() { numbers[i], _ = a.send(ctx, patience, form) })
	}
	all.Wait()
	for _, number := range numbers {
		q.hears(a.o, number)
	}
	for q.number == "" || a.chance.IntN(8) == 0 { // again, because nothing was heard, or out of doubt
		q.tries++
		number, ok := a.send(ctx, 10*time.Second, form)
		q.hears(a.o, number)
		if !ok && !a.waits(ctx) {
			return q, false
		}
	}
	return q, true
}

// hears notes an answer, which must be what was said before.
func (q *onceAsked) hears(o *ordeal, number string) {
	switch {
	case number == "":
	case q.number == "":
		q.number, q.heard = number, time.Now()
	case q.number != number:
		o.Errorf("the key %s was answered with %s, and then with %s", q.key, q.number, number)
	}
}

// send posts the form and gives the number it was answered with.
func (a *asker) send(ctx context.Context, patience time.Duration, form url.Values) (number string, ok bool) {
	_, at, ok := a.do(ctx, patience, http.MethodPost, "/requests", form)
	return numberIn.FindString(at), ok
}

// do asks for a page, and signs in first where that is asked for. What may go wrong on
// a bad line is not ok; what the house itself may not say fails the test.
func (a *asker) do(ctx context.Context, patience time.Duration, method, path string, form url.Values) (page, at string, ok bool) {
	bounded, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	req, err := http.NewRequestWithContext(bounded, method, a.o.line.url()+path, strings.NewReader(form.Encode()))
	if err != nil {
		a.o.Error(err)
		return "", "", false
	}
	if method == http.MethodPost {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	res, err := a.client.Do(req)
	if err != nil {
		a.o.happened.add("requests without an answer")
		return "", "", false
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	a.o.happened.add(fmt.Sprintf("answers %d", res.StatusCode))
	at = res.Request.URL.Path
	switch res.StatusCode {
	case http.StatusOK:
		if err == nil && strings.HasPrefix(at, "/signin") && path != "/signin" {
			a.signIn(ctx)
			return "", at, false
		}
		return string(text), at, err == nil
	case http.StatusUnauthorized:
		a.signIn(ctx)
	case http.StatusServiceUnavailable, http.StatusTooManyRequests:
	default:
		a.o.Errorf("%s %s was answered with %d at %s", method, path, res.StatusCode, at)
	}
	return "", at, false
}

func (a *asker) signIn(ctx context.Context) {
	a.do(ctx, 10*time.Second, http.MethodPost, "/signin", url.Values{"email": {a.email}, "password": {ordealPassword}})
}

// waits is a moment before the next try; false: the time is over.
func (a *asker) waits(ctx context.Context) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(between(a.chance, 50*time.Millisecond, 400*time.Millisecond)):
		return true
	}
}
