package ui

import (
	"math"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/a-h/templ"
)

func html(t *testing.T, c templ.Component) string {
	t.Helper()
	var b strings.Builder
	if err := c.Render(t.Context(), &b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func page(t *testing.T, c templ.Component) *goquery.Document {
	t.Helper()
	d, err := goquery.NewDocumentFromReader(strings.NewReader(html(t, c)))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

const nasty = "  <script>alert(1)</script> & \"quoted\" 'too'\n\n\tOne   two.  "

// everything is one of each component with every field filled, as a page would use it.
func everything() map[string]templ.Component {
	now := time.Date(2026, 11, 19, 19, 40, 0, 0, time.UTC)
	at := Clock{Now: now}.At(now.Add(-2 * time.Hour))
	options := []Option{{Value: "a", Label: nasty, Hint: nasty, Chosen: true, More: Field{ID: "more", Label: "More"}}, {Value: "b", Label: "B"}}
	return map[string]templ.Component{
		"Button":          Button{Label: nasty, Kind: Primary, Icon: "phone", Key: "c", Name: "then", Value: nasty, ID: "b", Off: true},
		"Button link":     Button{Label: nasty, URL: "/calls/new", Key: "c", Icon: "phone", ToolLabel: true, Small: true, Wide: true},
		"LinkAction":      LinkAction(nasty, "/x", "printer"),
		"Keys":            Keys{{Does: nasty, Keys: []string{"g", "m"}}},
		"Field":           Field{ID: "phone", Label: nasty, Optional: true, Hint: nasty, Error: nasty, Value: nasty, Placeholder: nasty, Required: true},
		"FieldsRow":       FieldsRow{ID: "due", Hint: nasty, Error: nasty, Fields: []Field{{ID: "day", Label: "Day"}, {ID: "time", Label: "Time"}}},
		"Area":            Area{ID: "question", Label: nasty, Hint: nasty, Error: nasty, Value: nasty, Evidence: true, Rows: 4, Below: Saved(nasty)},
		"Select":          Select{ID: "state", Label: nasty, Hint: nasty, Error: nasty, Options: options},
		"Choices":         Choices{ID: "back", Legend: nasty, Hint: nasty, Error: nasty, Options: options},
		"Checkbox":        Checkbox{ID: "office", Label: nasty, Hint: nasty, Checked: true},
		"Segmented":       Segmented{ID: "t1", Legend: nasty, Options: options},
		"Topics":          Topics{ID: "topic", Legend: nasty, Options: options, Many: true},
		"ErrorSummary":    ErrorSummary{Problems: []Problem{{Field: "phone", Message: nasty}, {Message: nasty}}},
		"Urgency":         Urgency("critical", nasty),
		"Status":          Status("yours", nasty),
		"Tag":             Tag(nasty, "lock"),
		"Notice":          Notice{Kind: "handed", Title: nasty, Detail: nasty, Overdue: true, MoreLabel: nasty, MoreURL: "/x"},
		"NoticeLine":      NoticeLine(nasty),
		"Flash":           Flash{Kind: "problem", Words: nasty, Strong: nasty, MoreLabel: nasty, MoreURL: "/x"},
		"Empty":           Empty{Title: nasty, Words: nasty, Do: &Button{Label: nasty, URL: "/x"}},
		"Emergency":       Emergency(),
		"Moment":          at,
		"DueStrip":        DueStrip{{Label: nasty, When: at, Next: true}, {Label: nasty, Words: nasty, Met: true}},
		"Evidence":        Evidence{Words: nasty, Fired: []Span{{2, 10}}, By: []string{nasty}},
		"Message":         Message{To: nasty, By: nasty, Initials: "RD", Words: nasty, At: at, Read: nasty, Cited: []string{nasty}, Notice: nasty, ID: "m1"},
		"Note":            Note{By: nasty, Initials: "RD", Words: nasty, At: at, ID: "n1"},
		"Answer":          Answer{By: nasty, How: nasty, Words: nasty, At: at, ID: "a1"},
		"Leg":             Leg{Kind: "in", Title: nasty, Outcome: nasty, From: nasty, To: nasty, Length: nasty, Words: nasty, At: at, ID: "l1"},
		"Event":           Event{Words: nasty, At: at},
		"Letter":          Letter{From: nasty, At: at, Words: nasty, Cited: []Citation{{Title: nasty, URL: "/x", Words: nasty}}, Notice: nasty, ID: "r1"},
		"MessageComposer": MessageComposer{To: nasty, Fate: nasty, Action: "/tickets/1/replies", Key: nasty, Since: nasty, Value: nasty, Error: nasty, Draft: "/drafts/1", Status: nasty},
		"NoteComposer":    NoteComposer{Action: "/tickets/1/notes", Key: nasty, Value: nasty, Error: nasty, Draft: "/drafts/2"},
		"Who":             Who{Name: nasty, Initials: "RD", Words: nasty},
		"Timeline":        Timeline{{Title: nasty, At: at, State: Done}, {Title: nasty, Words: nasty, State: Now}, {Title: nasty, State: Ahead}},
		"Steps":           Steps{{nasty, Done}, {nasty, Now}, {nasty, Ahead}},
		"Why":             Why{Sentence: nasty, Caption: nasty, Candidates: []Candidate{{Name: nasty, Score: "84", Because: nasty, Chosen: true}, {Name: nasty, Out: true}}},
		"Row":             Row{URL: "/tickets/1", Who: nasty, Number: nasty, Words: nasty, Urgency: "urgent", UrgencyWord: nasty, Due: nasty, DueAt: at, Foot: []string{nasty}, Clock: nasty, Current: true},
		"Queues":          Queues{Groups: []QueueGroup{{Title: nasty, Queues: []Queue{{Label: nasty, URL: "/desk", Icon: "inbox", Count: "99+", Current: true}}}}, Foot: Typed(nasty)},
		"Caller":          Caller{Name: nasty, Cover: nasty, InForce: true, Facts: Facts{{Label: nasty, Value: nasty, Number: true}}, Open: []OpenTicket{{URL: "/x", Title: nasty, Words: nasty, Urgency: "routine", Do: &Button{Label: nasty}}}, More: Typed(nasty)},
		"CallClock":       CallClock(at),
		"Figures":         Figures{{Label: nasty, Value: "86", Unit: "%", URL: "/x", Words: nasty, Overdue: true}},
		"Table":           Table{Caption: nasty, Columns: []Column{{Label: nasty, URL: "/x", Sort: "ascending"}, {Label: "N", Number: true}}, Rows: [][]Cell{{{Text: nasty, URL: "/x", Note: nasty}, {Part: Load{Open: 18, Cap: 15, Most: 22, URL: "/x"}}}}, Foot: []Cell{{Text: nasty}, {Text: "1"}}},
		"Pager":           Pager{Words: nasty, NewerURL: "/a", OlderURL: "/b"},
		"Tabs":            Tabs{Label: nasty, Tabs: []Tab{{Label: nasty, URL: "/x", Count: "2", Current: true}}},
		"BarChart":        BarChart{ID: "c1", Finding: nasty, Words: nasty, Title: nasty, Desc: nasty, NameHead: nasty, ValueHead: nasty, ChangeHead: nasty, Bars: []Bar{{Name: nasty, Value: 3, Change: "+1", URL: "/x"}, {Name: "b", Alarm: true}}},
		"StackChart":      StackChart{ID: "c2", Finding: nasty, Words: nasty, Title: nasty, Desc: nasty, NameHead: nasty, Series: []string{nasty, "b"}, Bars: []Stack{{Name: "a", Parts: []float64{1, 2}}, {Name: "b", Parts: []float64{0, 0}}}},
		"LineChart":       LineChart{ID: "c3", Finding: nasty, Words: nasty, Title: nasty, Desc: nasty, NameHead: nasty, Points: []string{nasty, "b"}, Lines: []Line{{Name: nasty, Values: []float64{1, 5}, Alarm: true}}, Unit: nasty, Target: 4, TargetWords: nasty},
		"ColumnChart":     ColumnChart{ID: "c4", Finding: nasty, Words: nasty, Title: nasty, Desc: nasty, NameHead: nasty, ValueHead: nasty, Bars: []Bar{{Name: nasty, Value: 3}}},
		"Dialog":          Dialog("d1", nasty),
	}
}

func TestNothingSomebodyTypedBecomesMarkup(t *testing.T) {
	t.Parallel()
	for name, c := range everything() {
		if strings.Contains(html(t, c), "<script") {
			t.Errorf("%s lets markup through", name)
		}
	}
}

func TestThePolicyAgainstInlineStyleAndScriptHolds(t *testing.T) {
	t.Parallel()
	inline := regexp.MustCompile(`<[^>]*\s(style|on[a-z]+)=`)
	for name, c := range everything() {
		if found := inline.FindString(html(t, c)); found != "" {
			t.Errorf("%s: %s", name, found)
		}
	}
}

func TestEveryIconIsInTheSprite(t *testing.T) {
	t.Parallel()
	sprite, err := os.ReadFile("../../static/icons.svg")
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range everything() {
		page(t, c).Find("use").Each(func(_ int, use *goquery.Selection) {
			_, id, _ := strings.Cut(use.AttrOr("href", ""), "#")
			if id == "" || !strings.Contains(string(sprite), `id="`+id+`"`) {
				t.Errorf("%s draws an icon that is not there: %q", name, id)
			}
		})
	}
	for _, icon := range statusIcons {
		_, id, _ := strings.Cut(symbol(icon), "#")
		if !strings.Contains(string(sprite), `id="`+id+`"`) {
			t.Errorf("a status has no shape: %s", id)
		}
	}
}

func TestEveryControlHasALabelAndItsSentences(t *testing.T) {
	t.Parallel()
	for name, c := range everything() {
		d := page(t, c)
		d.Find("input:not([type=hidden]), textarea, select").Each(func(_ int, control *goquery.Selection) {
			id, ok := control.Attr("id")
			if !ok || d.Find(`label[for="`+id+`"]`).Length() != 1 {
				t.Errorf("%s: control %q has no label of its own", name, id)
			}
		})
		d.Find("[aria-describedby], [aria-labelledby]").Each(func(_ int, s *goquery.Selection) {
			for _, id := range strings.Fields(s.AttrOr("aria-describedby", "") + " " + s.AttrOr("aria-labelledby", "")) {
				if d.Find("#"+id).Length() != 1 {
					t.Errorf("%s: described by %s, which is there %d times", name, id, d.Find("#"+id).Length())
				}
			}
		})
	}
}

func TestAFieldInErrorSaysSoToEverybody(t *testing.T) {
	t.Parallel()
	d := page(t, Field{ID: "phone", Label: "Number to call", Hint: "A line where you can speak freely.", Error: "Add the area code", Value: "555 0134"})
	input := d.Find("input#phone")
	if input.AttrOr("aria-invalid", "") != "true" || input.AttrOr("aria-describedby", "") != "phone-hint phone-error" {
		t.Error("the field is not wired to its hint and error")
	}
	if input.AttrOr("value", "") != "555 0134" || d.Find("#phone-error").Length() != 1 {
		t.Error("what was typed, or what is wrong with it, is gone")
	}
	if calm := page(t, Field{ID: "phone", Label: "Number"}).Find("input"); calm.AttrOr("aria-invalid", "none") != "none" {
		t.Error("a field without error is marked as wrong")
	}
	row := page(t, FieldsRow{ID: "due", Error: "Give the day and time", Fields: []Field{{ID: "day", Label: "Day"}, {ID: "time", Label: "Time"}}})
	if n := row.Find(`input[aria-invalid="true"][aria-describedby="due-error"]`).Length(); n != 2 {
		t.Errorf("%d of 2 fields share the sentence", n)
	}
}

func TestWhatWasTypedComesBackToTheLetter(t *testing.T) {
	t.Parallel()
	for _, text := range []string{nasty, "\n\nfirst line empty", "", "ends with a break\n"} {
		if got := page(t, Area{ID: "q", Label: "Q", Value: text}).Find("textarea").Text(); got != text {
			t.Errorf("textarea: %q became %q", text, got)
		}
		if got := page(t, Field{ID: "f", Label: "F", Value: text}).Find("input").AttrOr("value", ""); got != text {
			t.Errorf("input: %q became %q", text, got)
		}
		if got := page(t, Typed(text)).Find(".typed").Text(); got != text {
			t.Errorf("shown: %q became %q", text, got)
		}
		if got := page(t, Evidence{Words: text, Fired: []Span{{0, 3}, {8, 12}}}).Find("blockquote").Text(); got != text {
			t.Errorf("evidence: %q became %q", text, got)
		}
	}
}

func TestFiredWordsAreUnderlinedWhateverTheSpansAre(t *testing.T) {
	t.Parallel()
	words := "He said “I will sue” twice."
	start := strings.Index(words, "will sue")
	for want, spans := range map[string][]Span{
		"will sue":       {{start, start + 8}},
		"will sue|twice": {{strings.Index(words, "twice"), strings.Index(words, "twice") + 5}, {start, start + 4}, {start + 3, start + 8}},
		"“":              {{strings.Index(words, "“") + 1, strings.Index(words, "“") + 2}}, // inside a letter
		words:            {{-5, 500}},
		"":               {{7, 7}, {9, 2}},
	} {
		var got []string
		d := page(t, Evidence{Words: words, Fired: spans})
		d.Find("mark.fired").Each(func(_ int, m *goquery.Selection) { got = append(got, m.Text()) })
		if strings.Join(got, "|") != want || d.Find("blockquote").Text() != words {
			t.Errorf("%v: %q, expected %q, in %q", spans, got, want, d.Find("blockquote").Text())
		}
	}
}

func TestAnErrorSummaryLinksToEachFieldAndTakesTheFocus(t *testing.T) {
	t.Parallel()
	d := page(t, ErrorSummary{Problems: []Problem{{"due-date", "Give the day"}, {"phone", "Add the area code"}}})
	if d.Find("h2").Text() == "" || !strings.Contains(d.Find("h2").Text(), "Two things before we go on") {
		t.Errorf("title %q", d.Find("h2").Text())
	}
	if d.Find(`a[href="#due-date"]`).Length() != 1 || d.Find(`a[href="#phone"]`).Length() != 1 {
		t.Error("a field is not linked")
	}
	if d.Find(`[data-focus][tabindex="-1"]`).Length() != 1 {
		t.Error("it cannot take the focus")
	}
	if html(t, ErrorSummary{}) != "" {
		t.Error("it is drawn without problems")
	}
}

func TestANoteCannotPassForAMessage(t *testing.T) {
	t.Parallel()
	note, message := page(t, NoteComposer{Action: "/tickets/1/notes"}), page(t, MessageComposer{To: "Dr Imani", Action: "/tickets/1/replies"})
	if note.Find("form").AttrOr("action", "") == message.Find("form").AttrOr("action", "") ||
		note.Find("textarea").AttrOr("name", "") != "note" || message.Find("textarea").AttrOr("name", "") != "message" {
		t.Error("the two forms share an address or a field")
	}
	if strings.TrimSpace(note.Find("button").Text()) != "Keep note on the desk" || strings.TrimSpace(message.Find("button").Text()) != "Send to Dr Imani" {
		t.Error("the verbs are not their own")
	}
}

func TestATimeTellsItsExactInstantToEverybody(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 19, 21, 30, 0, 0, time.UTC)
	el := page(t, When(at, at.Add(-110*time.Minute), eastern(t))).Find("time")
	if el.AttrOr("datetime", "") != "2026-11-19T21:30:00Z" || el.AttrOr("title", "") != "Thursday, November 19, 2026, 4:30 PM EST" {
		t.Error(el.AttrOr("datetime", ""), el.AttrOr("title", ""))
	}
	if !strings.HasPrefix(el.Text(), "today, 4:30 PM") || !strings.Contains(el.Find(".visually-hidden").Text(), "4:30 PM EST") {
		t.Errorf("said %q", el.Text())
	}
	if html(t, Moment{}) != "" {
		t.Error("an instant that is not there is shown")
	}
}

func TestAChartHasATitleADescriptionAndItsNumbers(t *testing.T) {
	t.Parallel()
	d := page(t, BarChart{ID: "top", Finding: "Reviews grew most", Title: "Open by topic", Desc: "Reviews: nine.", NameHead: "Topic", ValueHead: "Open", Bars: []Bar{{Name: "Discharge", Value: 18, URL: "/desk?topic=d"}, {Name: "Reviews", Value: 9}}})
	if d.Find(`svg[role=img][aria-labelledby="top-t top-d"] title`).Text() != "Open by topic" || d.Find("svg desc").Text() == "" {
		t.Error("no title or description")
	}
	if d.Find("table tbody tr").Length() != 2 || d.Find(`table a[href="/desk?topic=d"]`).Text() != "18" {
		t.Error("the table behind the chart, or the list behind a number, is missing")
	}
	if w := d.Find("rect").Eq(0).AttrOr("width", ""); w != "56.00%" || d.Find("rect").Eq(1).AttrOr("width", "") != "28.00%" {
		t.Errorf("half the value is not half the length: %s", w)
	}
	if strings.Contains(html(t, BarChart{ID: "none", Bars: []Bar{{Name: "a"}}}), "NaN") {
		t.Error("a chart of nothing divides by nothing")
	}
}

func TestALineBreaksWhereNothingIsKnownAndBurnsWhereItMissesItsTarget(t *testing.T) {
	t.Parallel()
	c := LineChart{ID: "w", Title: "Hours", NameHead: "Week", Unit: " h", Target: 4, Points: []string{"1", "2", "3", "4", "5"}, Lines: []Line{{Name: "slowest", Values: []float64{5, math.NaN(), 3, 4.5, 5}, Alarm: true}}}
	d := page(t, c)
	whole, burning := d.Find("path.c-line-2").AttrOr("d", ""), d.Find("path.c-line-alarm").AttrOr("d", "")
	if whole != "M0 67.5M500 112.5L750 78.8L1000 67.5" {
		t.Errorf("the line: %s", whole)
	}
	if burning != "M500 112.5L750 78.8L1000 67.5" {
		t.Errorf("the part that burns: %s", burning)
	}
	if cell := d.Find("table tbody tr").Eq(1).Find("td").Text(); strings.TrimSpace(cell) != "–" {
		t.Errorf("what is not known reads %q", cell)
	}
	for _, empty := range []LineChart{{ID: "e"}, {ID: "e", Points: []string{"1"}, Lines: []Line{{Values: []float64{0}}}}, {ID: "e", Points: []string{"1"}, Lines: []Line{{Values: []float64{math.NaN()}}}}} {
		if out := html(t, empty); strings.Contains(out, "NaN") || strings.Contains(out, "Inf") {
			t.Error("a chart of little draws nonsense")
		}
	}
}

func TestLinesThatEndTogetherAreNamedApartAndNothingCountedIsHalved(t *testing.T) {
	t.Parallel()
	for _, end := range []float64{0, 1, 4} {
		c := LineChart{Points: []string{"1", "2"}, Lines: []Line{{Values: []float64{4, end}}, {Values: []float64{0, end}}}}
		above, below := c.nameY(0), c.nameY(1)
		if below-above < 32 || above < lineTop || below > lineFoot-12 {
			t.Errorf("both ending at %v they are named at %v and %v", end, above, below)
		}
		if tick := c.tick(); tick != 1 {
			t.Errorf("the grid of a few steps by %v", tick)
		}
	}
	if tick := (LineChart{Unit: " h", Points: []string{"1"}, Lines: []Line{{Values: []float64{2}}}}).tick(); tick != 0.5 {
		t.Errorf("the grid of two hours steps by %v", tick)
	}
}

func TestAnAddressThatRunsScriptIsRefused(t *testing.T) {
	t.Parallel()
	for _, c := range []templ.Component{Button{Label: "x", URL: "javascript:alert(1)"}, Row{URL: "javascript:alert(1)"}, Citation{URL: "javascript:alert(1)"}, Cell{Text: "x", URL: "javascript:alert(1)"}} {
		if strings.Contains(html(t, c), "javascript:") {
			t.Errorf("%T takes it", c)
		}
	}
}
