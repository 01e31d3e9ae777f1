package casefile

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"time"
)

// text is what an edition says, in the one form its hash is taken of.
type text struct {
	Number                         string
	Edition                        int
	Notice, Told, Suggested, Other string
	Cited                          []Cited
	Steps                          []Step
}

func (t text) hash() ([]byte, error) {
	cited := make([][]any, len(t.Cited))
	for i, c := range t.Cited {
		cited[i] = []any{c.Slug, c.Version, hex.EncodeToString(c.TextHash)}
	}
	steps := make([][]any, len(t.Steps))
	for i, s := range t.Steps {
		steps[i] = []any{s.Who, s.What, s.DueOn.Format(time.DateOnly)}
	}
	return hashOf("summary 1", t.Number, t.Edition, t.Notice, t.Told, t.Suggested, cited, steps, t.Other)
}

// correctionHash is the hash of a correction's text.
func correctionHash(number string, edition int, body string) ([]byte, error) {
	return hashOf("correction 1", number, edition, body)
}

func hashOf(parts ...any) ([]byte, error) {
	canonical, err := json.Marshal(parts)
	sum := sha256.Sum256(canonical)
	return sum[:], err
}
