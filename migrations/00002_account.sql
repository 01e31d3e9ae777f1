-- +goose Up
SET LOCAL lock_timeout = '5s';

-- The desks people work at. Owned by the desk room; here because memberships,
-- which decide what a person may see, point to it.
CREATE TABLE desks (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name       text NOT NULL CONSTRAINT desks_name_once UNIQUE,
    zone       text NOT NULL,
    phone      text NOT NULL,
    phone_e164 text NOT NULL
);

-- People who sign in. One role a person.
CREATE TABLE users (
    id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    email          text NOT NULL,
    name           text NOT NULL,
    credentials    text NOT NULL DEFAULT '',
    role           text NOT NULL CHECK (role IN ('physician', 'delegate', 'consultant', 'manager', 'claims', 'administrator', 'auditor')),
    state          text NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'disabled')),
    zone           text NOT NULL DEFAULT 'America/New_York',
    shortcuts      boolean NOT NULL DEFAULT true,
    password_hash  text NOT NULL DEFAULT '',
    totp_secret    bytea,
    totp_since     timestamptz,
    totp_last_step bigint NOT NULL DEFAULT 0,
    made_at        timestamptz NOT NULL
);
CREATE UNIQUE INDEX users_email_once ON users (lower(email));

CREATE CONSTRAINT TRIGGER users_recorded AFTER INSERT OR UPDATE OF role, state, email OR DELETE ON users
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION record_guard('user', 'id');

-- Which desks a consultant belongs to, and so which tickets they see.
CREATE TABLE memberships (
    user_id  bigint NOT NULL REFERENCES users (id),
    desk_id  bigint NOT NULL REFERENCES desks (id),
    PRIMARY KEY (user_id, desk_id)
);
CREATE INDEX memberships_of_desk ON memberships (desk_id);

-- Sign-ins in force. Only the hash of the cookie's token is kept.
CREATE TABLE sessions (
    token       text PRIMARY KEY,
    user_id     bigint REFERENCES users (id),
    data        bytea NOT NULL,
    expires_at  timestamptz NOT NULL
);
CREATE INDEX sessions_of_user ON sessions (user_id);
CREATE INDEX sessions_expiry ON sessions (expires_at);

-- Failed sign-ins, for the growing delay. key is 'account:<lower e-mail hash>' or 'address:<ip>'.
CREATE TABLE sign_in_failures (
    key         text PRIMARY KEY,
    failures    integer NOT NULL,
    last_at     timestamptz NOT NULL,
    blocked_until timestamptz NOT NULL
);
CREATE INDEX sign_in_failures_age ON sign_in_failures (last_at);

-- One-time links to set a new password. The token is made when the letter is.
CREATE TABLE password_resets (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    user_id       bigint NOT NULL REFERENCES users (id),
    requested_at  timestamptz NOT NULL,
    token_hash    bytea UNIQUE,
    expires_at    timestamptz,
    used_at       timestamptz
);
CREATE INDEX password_resets_of_user ON password_resets (user_id);

-- Letters that leave by mail: a row each, claimed before sending, marked after.
-- They carry a number and a link, never content.
CREATE TABLE letters (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind          text NOT NULL CHECK (kind IN ('acknowledgement', 'answer', 'assigned', 'overdue', 'reset')),
    subject_id    bigint NOT NULL,
    recipient_id  bigint NOT NULL REFERENCES users (id),
    occasion      bigint NOT NULL,
    about         text NOT NULL DEFAULT '',
    made_at       timestamptz NOT NULL,
    claimed_at    timestamptz,
    sent_at       timestamptz,
    CONSTRAINT letters_once UNIQUE (kind, subject_id, recipient_id, occasion)
);
CREATE INDEX letters_unsent ON letters (made_at) WHERE sent_at IS NULL;

-- +goose Down
DROP TABLE letters, password_resets, sign_in_failures, sessions, memberships, users, desks;
