package insured

import (
	"regexp"
	"testing"
)

func TestANumberIsReadHoweverItIsWritten(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string]string{
		"6145550134":                "+16145550134",
		"614 555 0134":              "+16145550134",
		"614-555-0134":              "+16145550134",
		"614.555.0134":              "+16145550134",
		"(614) 555-0134":            "+16145550134",
		"(614)5550134":              "+16145550134",
		" 614 555 0134 ":            "+16145550134",
		"1 614 555 0134":            "+16145550134",
		"1-614-555-0134":            "+16145550134",
		"+1 614 555 0134":           "+16145550134",
		"+16145550134":              "+16145550134",
		"011 1 614 555 0134":        "+16145550134",
		"tel:+1-614-555-0134":       "+16145550134",
		"cell: 614 555 0134":        "+16145550134",
		"614 555 0134 x12":          "+16145550134",
		"614-555-0134 ext. 12":      "+16145550134",
		"614–555–0134":              "+16145550134",
		"614\u00a0555\u00a00134":    "+16145550134",
		"６１４ ５５５ ０１３４":              "+16145550134",
		"٦١٤ ٥٥٥ ٠١٣٤":              "+16145550134",
		"1-800-FLOWERS":             "+18003569377",
		"+44 20 7946 0958":          "+442079460958",
		"+44 (0)20 7946 0958":       "+442079460958",
		"011 44 20 7946 0958":       "+442079460958",
		"+49 30 901820":             "+4930901820",
		"555 0134":                  "", // which city's?
		"614 555 01":                "",
		"911":                       "",
		"x4021":                     "",
		"PL-0048213":                "",
		"Leila Imani":               "",
		"":                          "",
		"+":                         "",
		"614 555 0134 614 555 0135": "",
	} {
		got, ok := Number(typed, "US")
		if got != want || ok != (want != "") {
			t.Errorf("%q: %q, %v, want %q", typed, got, ok, want)
		}
	}
}

func TestANumberWithoutACountryBelongsToTheRegion(t *testing.T) {
	t.Parallel()
	if got, _ := Number("020 7946 0958", "GB"); got != "+442079460958" {
		t.Error(got)
	}
}

func TestDigitsAreDigitsInEveryScript(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string]string{
		"(614) 555-01": "61455501", "٠١٢٣٤٥٦٧٨٩": "0123456789", "६१४": "614", "６１４": "614", "𝟞𝟙𝟜": "614", "Imani": "", "²½": "",
	} {
		if got := Digits(typed); got != want {
			t.Errorf("%q: %q, want %q", typed, got, want)
		}
	}
}

var e164 = regexp.MustCompile(`^\+[1-9][0-9]{3,16}$`)

func FuzzNumber(f *testing.F) {
	for _, seed := range []string{"614 555 0134", "+44 (0)20 7946 0958", "1-800-FLOWERS", "tel:+1;ext=4", "٦١٤", "+1 1614555013", "0", "+++", "x"} {
		f.Add(seed, "US")
	}
	f.Add("020 7946 0958", "GB")
	f.Add("+358 0002220300", "US") // a dropped zero, once read two ways
	f.Fuzz(func(t *testing.T, typed, region string) {
		got, ok := Number(typed, region)
		if ok != (got != "") {
			t.Fatalf("%q %v", got, ok)
		}
		if ok && !e164.MatchString(got) {
			t.Fatalf("not E.164: %q", got)
		}
		if again, _ := Number(got, region); ok && again != got {
			t.Fatalf("%q is read as %q", got, again)
		}
		for _, r := range Digits(typed) {
			if r < '0' || r > '9' {
				t.Fatalf("a digit is %q", r)
			}
		}
		_ = read(typed)
	})
}
