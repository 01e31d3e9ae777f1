package correspondence_test

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/encoding/charmap"

	"hotline/app/correspondence"
	"hotline/app/fault"
)

var today = time.Date(2026, 11, 19, 0, 0, 0, 0, time.UTC)

var general = correspondence.Rule{MinDays: 30, TakesEffect: correspondence.AtEnd, Mailing: "Two ways."}

func plainChoices() correspondence.Choices {
	return correspondence.Choices{State: "PA", Ender: "physician", On: "2026-11-20", Situations: []string{"none"}, Care: "general", Medicines: "refill"}
}

func composed(t *testing.T, c correspondence.Choices, r correspondence.Rule) correspondence.Letter {
	t.Helper()
	terms, err := c.Terms(r, today)
	if err != nil {
		t.Fatal(err)
	}
	return correspondence.Compose(c, r, terms)
}

// everyLetter is a letter for every answer the form offers.
func everyLetter(t *testing.T) (all []correspondence.Letter) {
	t.Helper()
	for _, ender := range correspondence.Enders {
		for _, reason := range correspondence.Reasons {
			for _, medicine := range correspondence.Medicines {
				for _, format := range correspondence.Formats {
					for _, effect := range []string{correspondence.AtEnd, correspondence.AtLetter} {
						c, r := plainChoices(), general
						c.Ender, c.Reason, c.Medicines, c.Format, c.Results, c.Crisis = ender.Code, reason.Code, medicine.Code, format.Code, true, format.Code == ""
						r.TakesEffect = effect
						all = append(all, composed(t, c, r))
						c.Situations, c.Notice = []string{correspondence.Threat}, "none"
						all = append(all, composed(t, c, r))
					}
				}
			}
		}
	}
	return all
}

func TestEveryLetterHasItsTwelveElements(t *testing.T) {
	t.Parallel()
	for _, l := range everyLetter(t) {
		elements := l.Elements()
		if len(elements) != 12 {
			t.Fatalf("%d", len(elements))
		}
		for _, e := range elements {
			missing := e.Block < 0
			mayMiss := e.No == 10 || e.No == 3 && l.Choices.Reason == ""
			if missing != mayMiss || e.Words == "" {
				t.Errorf("%+v of %+v", e, l.Choices)
			}
		}
	}
}

func TestALetterSaysWhenItEndsAndNothingOfMoneyOrBlame(t *testing.T) {
	t.Parallel()
	for _, l := range everyLetter(t) {
		text := string(l.Plain())
		body, _, _ := strings.Cut(text, "AUTHORIZATION TO RELEASE")
		if !l.Choices.WithoutNotice() && !strings.Contains(body, "December 20, 2026, which is 30 days from the date on which this letter is mailed") {
			t.Errorf("it does not say until when:\n%s", text)
		}
		for _, never := range []string{"balance", "bill", "debt", "refuse", "noncompliant", "certified mail"} {
			if strings.Contains(strings.ToLower(body), never) {
				t.Errorf("it says %q:\n%s", never, text)
			}
		}
		for _, always := range []string{"911", "signed the enclosed authorization", "[SIGNATURE OF THE TREATING PHYSICIAN]", "November 20, 2026", "PERSONAL AND CONFIDENTIAL"} {
			if !strings.Contains(body, always) {
				t.Errorf("it does not say %q:\n%s", always, text)
			}
		}
		if !strings.Contains(body, "end") || strings.Contains(body, "  ") {
			t.Errorf("%s", text)
		}
	}
}

func TestOhiosThreeStatementsStandInItsLetter(t *testing.T) {
	t.Parallel()
	r := general
	r.State, r.TakesEffect = "OH", correspondence.AtLetter
	text := string(composed(t, plainChoices(), r).Plain())
	for _, words := range []string{"The relationship is terminated", "Emergency treatment and access to our services", "30 days from the date on which this letter is mailed", "records will be transferred"} {
		if !strings.Contains(text, words) {
			t.Errorf("%q is not in\n%s", words, text)
		}
	}
}

func TestChoicesAreCheckedFieldByField(t *testing.T) {
	t.Parallel()
	for field, change := range map[string]func(*correspondence.Choices){
		"state":     func(c *correspondence.Choices) { c.State = "" },
		"ender":     func(c *correspondence.Choices) { c.Ender = "the desk" },
		"on":        func(c *correspondence.Choices) { c.On = "tomorrow" },
		"situation": func(c *correspondence.Choices) { c.Situations = nil },
		"care":      func(c *correspondence.Choices) { c.Care = "" },
		"days":      func(c *correspondence.Choices) { c.Days = "29" },
		"notice":    func(c *correspondence.Choices) { c.Notice = "none" },
		"reason":    func(c *correspondence.Choices) { c.Reason = "money" },
		"medicines": func(c *correspondence.Choices) { c.Medicines = "" },
		"format":    func(c *correspondence.Choices) { c.Format = "song" },
	} {
		c := plainChoices()
		change(&c)
		_, err := c.Terms(general, today)
		if bad, ok := errors.AsType[fault.Fields](err); !ok || bad.For(field) == "" {
			t.Errorf("%s: %v", field, err)
		}
	}
	c := plainChoices()
	c.Situations = []string{"none", "pregnant"}
	if _, err := c.Terms(general, today); err == nil {
		t.Error("none of these and one of them go together")
	}
	c = plainChoices()
	c.On = "2027-06-01"
	if _, err := c.Terms(general, today); err == nil {
		t.Error("a letter may be dated in half a year")
	}
}

func TestTheNoticeIsNeverShorterThanTheRuleAndLongerWhereItShouldBe(t *testing.T) {
	t.Parallel()
	long := general
	long.MinDays = 75
	for _, one := range []struct {
		care, days string
		rule       correspondence.Rule
		want       int
		hints      int
	}{{"general", "", general, 30, 0}, {"scarce", "", general, 60, 0}, {"oncology", "", general, 90, 0}, {"scarce", "", long, 75, 0}, {"oncology", "45", general, 45, 1}, {"general", "90", general, 90, 0}} {
		c := plainChoices()
		c.Care, c.Days = one.care, one.days
		terms, err := c.Terms(one.rule, today)
		if err != nil || terms.Days != one.want || len(terms.Hints) != one.hints || terms.Ends.Sub(terms.On) != time.Duration(one.want)*24*time.Hour {
			t.Errorf("%+v: %+v, %v", one, terms, err)
		}
	}
}

func TestALetterWithoutNoticeGetsNoHintAboutItsDays(t *testing.T) {
	t.Parallel()
	c := plainChoices()
	c.Situations, c.Notice, c.Care, c.Days = []string{correspondence.Threat}, "none", "oncology", "30"
	terms, err := c.Terms(general, today)
	if err != nil || terms.Days != 0 || len(terms.Hints) != 0 {
		t.Errorf("%+v, %v", terms, err)
	}
}

func TestEverySituationStopsTheLetter(t *testing.T) {
	t.Parallel()
	for _, s := range correspondence.Situations {
		c := plainChoices()
		c.Situations = []string{s.Code}
		if stops := c.Stops(); len(stops) != 1 || stops[0].Why == "" {
			t.Errorf("%s: %v", s.Code, stops)
		}
	}
	if stops := plainChoices().Stops(); len(stops) != 0 {
		t.Errorf("%v", stops)
	}
}

// documents are one of each sort.
func documents(t *testing.T) map[string]correspondence.Document {
	t.Helper()
	all := map[string]correspondence.Document{}
	for _, c := range correspondence.Cards {
		all["card "+c.Code] = c.Document("800 555 0142")
	}
	c := plainChoices()
	all["letter"] = composed(t, c, general).Document
	c.Format, c.Medicines = "large", "taper"
	all["large letter"] = composed(t, c, general).Document
	return all
}

func TestADocumentIsSavedAsWord(t *testing.T) {
	t.Parallel()
	for name, d := range documents(t) {
		file, err := d.Word()
		if err != nil {
			t.Fatal(err)
		}
		z, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
		if err != nil {
			t.Fatal(err)
		}
		parts := map[string]string{}
		for _, f := range z.File {
			r, err := f.Open()
			if err != nil {
				t.Fatal(err)
			}
			b, err := io.ReadAll(r)
			if err != nil {
				t.Fatalf("%s: %s: %v", name, f.Name, err)
			}
			if strings.HasSuffix(f.Name, ".xml") || strings.HasSuffix(f.Name, ".rels") {
				wellFormed(t, f.Name, b)
			}
			parts[f.Name] = string(b)
		}
		for _, part := range []string{"[Content_Types].xml", "_rels/.rels", "word/document.xml", "word/styles.xml", "docProps/core.xml"} {
			if parts[part] == "" {
				t.Errorf("%s: there is no %s", name, part)
			}
		}
		if !strings.Contains(parts["docProps/core.xml"], "<dc:title>"+d.Title+"</dc:title>") || strings.Contains(parts["docProps/core.xml"], "godocx") {
			t.Errorf("%s: its name is %s", name, parts["docProps/core.xml"])
		}
		for _, b := range d.Blocks {
			for _, piece := range correspondence.Pieces(b.Text) {
				if line, _, _ := strings.Cut(piece.Text, "\n"); !strings.Contains(parts["word/document.xml"], escaped(line)) {
					t.Errorf("%s: %q is not in it", name, line)
				}
			}
		}
	}
}

func escaped(s string) string {
	var b bytes.Buffer
	_ = xml.EscapeText(&b, []byte(s))
	return b.String()
}

func wellFormed(t *testing.T, name string, b []byte) {
	t.Helper()
	for d := xml.NewDecoder(bytes.NewReader(b)); ; {
		_, err := d.Token()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
	}
}

func TestADocumentIsSavedAsPDFWithItsTitle(t *testing.T) {
	t.Parallel()
	for name, d := range documents(t) {
		file, err := d.PDF()
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.HasPrefix(file, []byte("%PDF-")) || !bytes.Contains(file, []byte("/Title")) {
			t.Errorf("%s begins %q", name, file[:8])
		}
		if pages := bytes.Count(file, []byte("/Type /Page\n")); strings.HasPrefix(name, "card") && pages != 1 {
			t.Errorf("%s has %d pages, and a card has one", name, pages)
		}
	}
}

func TestADocumentHasNoLetterThePDFCannotShow(t *testing.T) {
	t.Parallel()
	check := func(name, text string) {
		if _, err := charmap.Windows1252.NewEncoder().String(text); err != nil {
			t.Errorf("%s: %v in %q", name, err, text)
		}
	}
	for _, l := range everyLetter(t) {
		check("letter", string(l.Plain()))
	}
	for name, d := range documents(t) {
		check(name, string(d.Plain()))
	}
}

func TestALettersBlanksAreEachAskedForOnce(t *testing.T) {
	t.Parallel()
	blanks := composed(t, plainChoices(), general).Blanks()
	for _, want := range []string{"PATIENT’S FULL NAME", "PATIENT’S LAST KNOWN ADDRESS", "TREATING PHYSICIAN’S NAME AND CREDENTIALS", "MEDICINES"} {
		if !slices.Contains(blanks, want) {
			t.Errorf("%q is not asked for: %q", want, blanks)
		}
	}
	slices.Sort(blanks)
	if len(slices.Compact(blanks)) != len(blanks) {
		t.Errorf("%q", blanks)
	}
}

func TestEveryCardIsWhole(t *testing.T) {
	t.Parallel()
	if len(correspondence.Cards) != 5 {
		t.Fatalf("%d cards", len(correspondence.Cards))
	}
	for _, c := range correspondence.Cards {
		if c.Title == "" || c.When == "" || c.First == "" || len(c.Steps) < 5 || len(c.Say) == 0 || len(c.Call) == 0 || len(c.Not) < 3 || len(c.Sources) == 0 {
			t.Errorf("%+v", c)
		}
	}
}
