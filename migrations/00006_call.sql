-- +goose Up
SET LOCAL lock_timeout = '5s';

-- One leg of a conversation by phone.
CREATE TABLE calls (
    id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    ticket_id      bigint NOT NULL REFERENCES tickets (id),
    consultant_id  bigint NOT NULL REFERENCES users (id),
    direction      text NOT NULL CHECK (direction IN ('in', 'out')),
    outcome        text NOT NULL CHECK (outcome IN ('answered', 'dropped', 'no_answer', 'voicemail')),
    caller_name    text NOT NULL DEFAULT '',
    caller_role    text NOT NULL DEFAULT '',
    phone          text NOT NULL DEFAULT '',
    phone_e164     text NOT NULL DEFAULT '',
    advice         text NOT NULL DEFAULT '',
    note           text NOT NULL DEFAULT '',
    started_at     timestamptz NOT NULL,
    ended_at       timestamptz NOT NULL,
    client_key     uuid NOT NULL,
    CHECK (ended_at >= started_at),
    CONSTRAINT calls_logged_once UNIQUE (consultant_id, client_key)
);
CREATE INDEX calls_of_ticket ON calls (ticket_id, started_at, id);
CREATE TRIGGER calls_as_logged BEFORE UPDATE OR DELETE OR TRUNCATE ON calls FOR EACH STATEMENT EXECUTE FUNCTION append_only();
CREATE CONSTRAINT TRIGGER calls_recorded AFTER INSERT ON calls
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION record_guard('ticket', 'ticket_id');

-- +goose Down
DROP TABLE calls;
