package account

import (
	"bytes"
	"context"
	"encoding/gob"
	"time"

	"gorm.io/gorm"

	"hotline/app/actor"
	"hotline/app/audit"
	"hotline/app/fault"
)

// Longest is how long a session lasts at most, however busy.
const Longest = 12 * time.Hour

// Idle is how long a session of a role lasts without a request.
func Idle(role actor.Role) time.Duration {
	if (actor.Actor{Role: role}).Insured() {
		return 30 * time.Minute
	}
	return time.Hour
}

// SessionUser is the name under which a session keeps whose it is, an int64. The
// store keeps it beside the session too, so that all of one person's can be ended.
const SessionUser = "user"

// SessionCodec writes a session's values as gob, in the shape the session library
// itself uses. Types beyond Go's own are registered by those who keep them.
type SessionCodec struct{}

type sessionData struct {
	Deadline time.Time
	Values   map[string]any
}

func (SessionCodec) Encode(deadline time.Time, values map[string]any) ([]byte, error) {
	var b bytes.Buffer
	err := gob.NewEncoder(&b).Encode(sessionData{deadline, values})
	return b.Bytes(), err
}

func (SessionCodec) Decode(b []byte) (time.Time, map[string]any, error) {
	var data sessionData
	err := gob.NewDecoder(bytes.NewReader(b)).Decode(&data)
	return data.Deadline, data.Values, err
}

// SessionStore keeps sessions in the database. It sees only the hash of a cookie's
// token. Their ends are set and compared by the process's own clock. A session that
// was ended leaves an empty row until the sweep: a request that was under way when
// it ended, and keeps its session afterwards, must not bring it back.
type SessionStore struct{ service *Service }

// Sessions is the store of sessions.
func (s *Service) Sessions() *SessionStore { return &SessionStore{s} }

func (t *SessionStore) FindCtx(ctx context.Context, token string) ([]byte, bool, error) {
	var row struct{ Data []byte }
	var there bool
	err := t.service.db.Read(ctx, func(q *gorm.DB) error {
		read := q.Raw("SELECT data FROM sessions WHERE token = ? AND expires_at > ?", token, time.Now()).Scan(&row)
		there = read.RowsAffected == 1
		return read.Error
	})
	return row.Data, there && err == nil, err
}

func (t *SessionStore) CommitCtx(ctx context.Context, token string, data []byte, expires time.Time) error {
	_, values, err := SessionCodec{}.Decode(data)
	if err != nil {
		return err
	}
	var user *int64
	if id, ok := values[SessionUser].(int64); ok && id != 0 {
		user = &id
	}
	return t.service.db.Write(ctx, func(tx *gorm.DB) error {
		return tx.Exec(`INSERT INTO sessions (token, user_id, data, expires_at) VALUES (?, ?, ?, ?)
			ON CONFLICT (token) DO UPDATE SET user_id = excluded.user_id, data = excluded.data, expires_at = excluded.expires_at
			WHERE sessions.data <> ''`,
			token, user, data, expires).Error
	})
}

func (t *SessionStore) DeleteCtx(ctx context.Context, token string) error {
	return t.service.db.Write(ctx, func(tx *gorm.DB) error {
		return tx.Exec("UPDATE sessions SET data = '', expires_at = ? WHERE token = ?", time.Now(), token).Error
	})
}

func (t *SessionStore) Find(token string) ([]byte, bool, error) {
	return t.FindCtx(context.Background(), token)
}

func (t *SessionStore) Commit(token string, data []byte, expires time.Time) error {
	return t.CommitCtx(context.Background(), token, data, expires)
}

func (t *SessionStore) Delete(token string) error {
	return t.DeleteCtx(context.Background(), token)
}

// EndSessions signs a person out everywhere. They themselves may, and operators.
func (s *Service) EndSessions(ctx context.Context, by actor.Actor, userID int64) error {
	if by.ID != userID && !operator(by) {
		return fault.Forbidden
	}
	return s.db.Write(ctx, func(tx *gorm.DB) error {
		if _, err := hold(tx, userID); err != nil {
			return err
		}
		if err := endSessions(tx, userID); err != nil {
			return err
		}
		return audit.Record(tx, by, s.now(), "user.signed_out_everywhere", audit.User(userID), nil)
	})
}

func endSessions(tx *gorm.DB, userID int64) error {
	return tx.Exec("UPDATE sessions SET data = '', expires_at = ? WHERE user_id = ? AND data <> ''", time.Now(), userID).Error
}
