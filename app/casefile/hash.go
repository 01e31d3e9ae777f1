package casefile

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"time"
)

// textHash is the hash of what an edition of a ticket's summary says, in the one form it
// is taken of.
func (e *Edition) textHash(number string) ([]byte, error) {
	cited := make([][]any, len(e.Cited))
	for i, c := range e.Cited {
		cited[i] = []any{c.Slug, c.Version, hex.EncodeToString(c.TextHash)}
	}
	steps := make([][]any, len(e.Steps))
	for i, s := range e.Steps {
		steps[i] = []any{s.Who, s.What, s.DueOn.Format(time.DateOnly)}
	}
	return hashOf("summary 1", number, e.Edition, e.Notice, e.Told, e.Suggested, cited, steps, e.LeftOut)
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
