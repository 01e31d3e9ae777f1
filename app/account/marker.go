package account

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"strconv"
)

// Marker is an opaque name for a person, the same each time and never a number that
// could be counted up. A browser keeps it to tell whose text it is holding after the
// session has gone.
func (s *Service) Marker(userID int64) string {
	mac := hmac.New(sha256.New, s.o.Secret)
	mac.Write([]byte("marker:" + strconv.FormatInt(userID, 10)))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil)[:16])
}
