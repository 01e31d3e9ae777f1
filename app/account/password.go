package account

import (
	_ "embed"
	"strings"
	"unicode/utf8"

	"hotline/app/fault"
)

// How long a password is, in characters.
const (
	ShortestPassword = 12
	LongestPassword  = 200
)

//go:embed common.txt
var commonFile string

// common are passwords that are long enough and that everybody tries first.
var common = func() map[string]bool {
	set := map[string]bool{}
	for word := range strings.Lines(commonFile) {
		set[strings.TrimSpace(word)] = true
	}
	return set
}()

// weak says what is wrong with a password for a person, on the field "password".
func weak(password, email, name string) fault.Fields {
	var bad fault.Fields
	length := utf8.RuneCountInString(password)
	bad.Need(length >= ShortestPassword, "password", "Choose a password of at least 12 characters. Several words are fine.")
	bad.Need(length <= LongestPassword, "password", "A password has at most 200 characters.")
	flat := squeeze(password)
	local, _, _ := strings.Cut(email, "@")
	bad.Need(flat != squeeze(email) && flat != squeeze(local) && flat != squeeze(name),
		"password", "Your password cannot be your name or your e-mail address.")
	bad.Need(!common[flat] && varied(flat), "password", "That password is among the first that are tried. Choose another.")
	return bad
}

func squeeze(s string) string { return strings.Join(strings.Fields(strings.ToLower(s)), "") }

// varied says whether there are at least four different characters.
func varied(s string) bool {
	seen := map[rune]bool{}
	for _, r := range s {
		seen[r] = true
	}
	return len(seen) >= 4
}
