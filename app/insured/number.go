package insured

import (
	"unicode"

	"github.com/nyaruka/phonenumbers"
)

// Number reads a phone number as E.164, however it was written: a country code, trunk
// prefix, brackets, letters of a keypad and an extension may be there or not. region is
// the country of a number that names none, as "US". It asks whether such a number can
// exist, not whether it has been given out, which no list knows for long; seven digits
// without an area code are no number. What it gives, it reads as itself.
func Number(typed, region string) (e164 string, ok bool) {
	e164, ok = once(typed, region)
	// A zero that some countries drop after the country's code may be left by the first
	// reading; two ways of writing one number must not come out as two.
	for range 3 {
		again, still := once(e164, region)
		if !ok || !still {
			return "", false
		}
		if again == e164 {
			return e164, true
		}
		e164 = again
	}
	return "", false
}

func once(typed, region string) (e164 string, ok bool) {
	number, err := phonenumbers.Parse(typed, region)
	if err != nil || phonenumbers.IsPossibleNumberWithReason(number) != phonenumbers.IS_POSSIBLE {
		return "", false
	}
	return phonenumbers.Format(number, phonenumbers.E164), true
}

// Digits are the digits of what was typed, in order, as 0 to 9 whatever the script.
func Digits(typed string) string {
	digits := make([]byte, 0, len(typed))
	for _, r := range typed {
		switch {
		case r >= '0' && r <= '9':
			digits = append(digits, byte(r))
		case r > unicode.MaxASCII && unicode.Is(unicode.Nd, r):
			digits = append(digits, '0'+worth(r))
		}
	}
	return string(digits)
}

// worth is what a decimal digit of any script stands for: scripts have theirs in
// unbroken rows of ten from zero to nine, and a few rows touch.
func worth(r rune) byte {
	first := r
	for unicode.Is(unicode.Nd, first-1) {
		first--
	}
	return byte((r - first) % 10)
}
