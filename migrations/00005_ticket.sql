-- +goose Up
SET LOCAL lock_timeout = '5s';

-- One situation over several tickets.
CREATE TABLE matters (
    id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    made_at  timestamptz NOT NULL
);

CREATE SEQUENCE ticket_numbers;

CREATE TABLE tickets (
    id                 bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    number             text NOT NULL CONSTRAINT tickets_number_once UNIQUE,
    desk_id            bigint NOT NULL REFERENCES desks (id),
    matter_id          bigint REFERENCES matters (id),
    channel            text NOT NULL CHECK (channel IN ('online', 'phone')),
    client_key         uuid NOT NULL,
    physician_id       bigint REFERENCES physicians (id),
    caller_name        text NOT NULL DEFAULT '',
    caller_role        text NOT NULL DEFAULT '',
    caller_phone       text NOT NULL DEFAULT '',
    caller_phone_e164  text NOT NULL DEFAULT '',
    asked_by           bigint REFERENCES users (id),
    opened_by          bigint NOT NULL REFERENCES users (id),
    state              text NOT NULL DEFAULT '' CHECK (state ~ '^([A-Z]{2})?$'),
    topic              text NOT NULL REFERENCES topics (code),
    urgency            text NOT NULL CHECK (urgency IN ('critical', 'urgent', 'routine')),
    title              text NOT NULL DEFAULT '',
    question           text NOT NULL,
    danger             boolean NOT NULL DEFAULT false,
    papers             boolean NOT NULL DEFAULT false,
    next_step          text NOT NULL DEFAULT '',
    caller_deadline    timestamptz,
    answer_by          text NOT NULL DEFAULT 'write' CHECK (answer_by IN ('call', 'write')),
    callback_phone     text NOT NULL DEFAULT '',
    callback_e164      text NOT NULL DEFAULT '',
    callback_windows   text NOT NULL DEFAULT '',
    office_may_see     boolean NOT NULL DEFAULT false,
    status             text NOT NULL CHECK (status IN ('unassigned', 'assigned', 'with_physician', 'resolved')),
    assignee_id        bigint REFERENCES users (id),
    preferred_id       bigint REFERENCES users (id),
    assigned_at        timestamptz,
    opened_at          timestamptz NOT NULL,
    first_answered_at  timestamptz,
    resolved_at        timestamptz,
    next_due_at        timestamptz NOT NULL,
    due_kind           text NOT NULL DEFAULT 'none' CHECK (due_kind IN ('target', 'caller', 'none')),
    notice             text NOT NULL DEFAULT 'consultation' CHECK (notice IN ('consultation', 'handed', 'declined')),
    restricted         boolean NOT NULL DEFAULT false,
    legal_hold         boolean NOT NULL DEFAULT false,
    search             tsvector GENERATED ALWAYS AS (to_tsvector('english', plain(title || ' ' || question))) STORED,
    CONSTRAINT tickets_sent_once UNIQUE (opened_by, client_key),
    CONSTRAINT tickets_holder CHECK (CASE status
        WHEN 'unassigned' THEN assignee_id IS NULL
        WHEN 'resolved' THEN true
        ELSE assignee_id IS NOT NULL END),
    CONSTRAINT tickets_resolved CHECK ((status = 'resolved') = (resolved_at IS NOT NULL))
) WITH (fillfactor = 85);

-- One index for each desk view, on its own rows only.
CREATE INDEX tickets_mine ON tickets (assignee_id, next_due_at, id) WHERE status = 'assigned';
CREATE INDEX tickets_unassigned ON tickets (desk_id, next_due_at, id) WHERE status = 'unassigned';
CREATE INDEX tickets_team ON tickets (desk_id, next_due_at, id) WHERE status <> 'resolved';
CREATE INDEX tickets_due ON tickets (desk_id, next_due_at, id) WHERE status IN ('unassigned', 'assigned');
CREATE INDEX tickets_with_physician ON tickets (desk_id, next_due_at, id) WHERE status = 'with_physician';
CREATE INDEX tickets_resolved_lately ON tickets (desk_id, resolved_at, id) WHERE status = 'resolved';
CREATE INDEX tickets_held ON tickets (assignee_id) WHERE status IN ('assigned', 'with_physician');
CREATE INDEX tickets_of_physician ON tickets (physician_id, opened_at, id);
CREATE INDEX tickets_of_opener ON tickets (opened_by, opened_at, id);
CREATE INDEX tickets_of_matter ON tickets (matter_id) WHERE matter_id IS NOT NULL;
CREATE INDEX tickets_opened ON tickets (desk_id, opened_at, id) INCLUDE (topic, channel, state, restricted);
CREATE INDEX tickets_caller_phone ON tickets (caller_phone_e164) WHERE caller_phone_e164 <> '';
CREATE INDEX tickets_client_key ON tickets (client_key);
CREATE INDEX tickets_search ON tickets USING gin (search);
-- For reports, which read what stood at an instant: of a million tickets, only these
-- few columns, and only of those that had not ended before it.
CREATE INDEX tickets_standing ON tickets (desk_id, (coalesce(resolved_at, 'infinity'::timestamptz)))
    INCLUDE (id, opened_at, resolved_at, caller_deadline, topic, channel, state, restricted);
CREATE INDEX tickets_answered ON tickets (desk_id, first_answered_at) INCLUDE (id, opened_at, topic, channel, state, restricted)
    WHERE first_answered_at IS NOT NULL;
CREATE INDEX tickets_restricted_ever ON tickets (desk_id, id) WHERE restricted;

-- What may follow what. An empty from_status is the opening.
CREATE TABLE ticket_transitions (
    from_status  text NOT NULL,
    to_status    text NOT NULL,
    PRIMARY KEY (from_status, to_status)
);
INSERT INTO ticket_transitions VALUES
    ('', 'unassigned'), ('', 'assigned'), ('', 'resolved'),
    ('unassigned', 'assigned'), ('unassigned', 'resolved'),
    ('assigned', 'unassigned'), ('assigned', 'with_physician'), ('assigned', 'resolved'),
    ('with_physician', 'assigned'), ('with_physician', 'unassigned'), ('with_physician', 'resolved'),
    ('resolved', 'assigned'), ('resolved', 'unassigned');

-- +goose StatementBegin
CREATE FUNCTION ticket_lifecycle() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    before text := '';
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF NEW.number <> OLD.number OR NEW.question <> OLD.question OR NEW.opened_at <> OLD.opened_at
           OR NEW.opened_by <> OLD.opened_by OR NEW.client_key <> OLD.client_key THEN
            RAISE EXCEPTION 'what was asked is kept as it was' USING ERRCODE = 'check_violation', CONSTRAINT = 'tickets_as_asked';
        END IF;
        IF NEW.status = OLD.status THEN
            RETURN NEW;
        END IF;
        before := OLD.status;
    END IF;
    PERFORM 1 FROM ticket_transitions WHERE from_status = before AND to_status = NEW.status;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'a ticket may not go from % to %', before, NEW.status
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ticket_transitions', TABLE = 'tickets';
    END IF;
    RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER tickets_lifecycle BEFORE INSERT OR UPDATE ON tickets FOR EACH ROW EXECUTE FUNCTION ticket_lifecycle();
CREATE CONSTRAINT TRIGGER tickets_recorded
    AFTER INSERT OR UPDATE OF status, assignee_id, topic, urgency, physician_id, restricted, legal_hold, notice, title, matter_id OR DELETE ON tickets
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION record_guard('ticket', 'id');

-- Who may see a restricted ticket.
CREATE TABLE ticket_named (
    ticket_id  bigint NOT NULL REFERENCES tickets (id),
    user_id    bigint NOT NULL REFERENCES users (id),
    PRIMARY KEY (ticket_id, user_id)
);

-- What has a span is a row. until_at null: still so.
CREATE TABLE assignments (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    ticket_id  bigint NOT NULL REFERENCES tickets (id),
    user_id    bigint NOT NULL REFERENCES users (id),
    from_at    timestamptz NOT NULL,
    until_at   timestamptz,
    how        text NOT NULL CHECK (how IN ('router', 'claim', 'transfer', 'call', 'reopen', 'answer')),
    given_by   bigint REFERENCES users (id),
    reason     text NOT NULL DEFAULT '',
    candidates jsonb,
    gave_back  boolean NOT NULL DEFAULT false -- ended by being given back: the router passes this person over
);
CREATE UNIQUE INDEX assignments_one_open ON assignments (ticket_id) WHERE until_at IS NULL;
CREATE INDEX assignments_of_ticket ON assignments (ticket_id, from_at, id) INCLUDE (user_id, until_at);
CREATE INDEX assignments_standing ON assignments ((coalesce(until_at, 'infinity'::timestamptz))) INCLUDE (ticket_id, user_id, from_at, until_at);
CREATE INDEX assignments_of_user ON assignments (user_id, from_at);

CREATE TABLE pauses (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    ticket_id  bigint NOT NULL REFERENCES tickets (id),
    from_at    timestamptz NOT NULL,
    until_at   timestamptz
);
CREATE UNIQUE INDEX pauses_one_open ON pauses (ticket_id) WHERE until_at IS NULL;
CREATE INDEX pauses_of_ticket ON pauses (ticket_id, from_at);
CREATE INDEX pauses_standing ON pauses ((coalesce(until_at, 'infinity'::timestamptz))) INCLUDE (id, ticket_id, from_at, until_at);

CREATE TABLE resolutions (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    ticket_id    bigint NOT NULL REFERENCES tickets (id),
    from_at      timestamptz NOT NULL,
    until_at     timestamptz,
    resolved_by  bigint NOT NULL REFERENCES users (id),
    outcome      text NOT NULL CHECK (outcome IN ('answered_on_call', 'advice_given', 'referred', 'routed_on', 'withdrawn', 'duplicate', 'no_reply'))
);
CREATE UNIQUE INDEX resolutions_one_open ON resolutions (ticket_id) WHERE until_at IS NULL;
CREATE INDEX resolutions_of_ticket ON resolutions (ticket_id, from_at);
CREATE INDEX resolutions_by ON resolutions (resolved_by, from_at);
CREATE INDEX resolutions_at ON resolutions (from_at) INCLUDE (ticket_id, resolved_by, id);
CREATE INDEX resolutions_undone ON resolutions (until_at) INCLUDE (ticket_id, from_at) WHERE until_at IS NOT NULL;
CREATE CONSTRAINT TRIGGER resolutions_recorded AFTER INSERT OR UPDATE OR DELETE ON resolutions
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION record_guard('ticket', 'ticket_id');

-- Our promise on a ticket, while it ran: due_at never moves. A pause or a change of
-- urgency ends the row (left_us: what was left of it, in microseconds of business
-- time, negative when late) and another goes on from there.
CREATE TABLE targets (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    ticket_id   bigint NOT NULL REFERENCES tickets (id),
    kind        text NOT NULL CHECK (kind IN ('first_answer', 'next_answer')),
    urgency     text NOT NULL,
    minutes     integer NOT NULL,
    started_at  timestamptz NOT NULL,
    due_at      timestamptz NOT NULL,
    left_us     bigint,
    met_at      timestamptz,
    ended_at    timestamptz,
    told_at     timestamptz
);
CREATE UNIQUE INDEX targets_one_running ON targets (ticket_id) WHERE ended_at IS NULL AND met_at IS NULL;
CREATE INDEX targets_of_ticket ON targets (ticket_id, started_at);
CREATE INDEX targets_standing ON targets ((coalesce(least(met_at, ended_at), 'infinity'::timestamptz))) INCLUDE (ticket_id, started_at, due_at, met_at, ended_at);
CREATE INDEX targets_to_tell ON targets (due_at) WHERE ended_at IS NULL AND met_at IS NULL AND told_at IS NULL;

-- What the physician reads, and what the physician wrote back.
CREATE TABLE messages (
    id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    ticket_id       bigint NOT NULL REFERENCES tickets (id),
    author_id       bigint NOT NULL REFERENCES users (id),
    from_insured    boolean NOT NULL,
    body            text NOT NULL,
    client_key      uuid NOT NULL,
    sent_at         timestamptz NOT NULL,
    CONSTRAINT messages_sent_once UNIQUE (author_id, client_key)
);
CREATE INDEX messages_of_ticket ON messages (ticket_id, sent_at, id);
-- What stays on the desk.
CREATE TABLE notes (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    ticket_id   bigint NOT NULL REFERENCES tickets (id),
    author_id   bigint NOT NULL REFERENCES users (id),
    body        text NOT NULL,
    client_key  uuid NOT NULL,
    written_at  timestamptz NOT NULL,
    CONSTRAINT notes_kept_once UNIQUE (author_id, client_key)
);
CREATE INDEX notes_of_ticket ON notes (ticket_id, written_at, id);
CREATE TRIGGER messages_as_sent BEFORE UPDATE OR DELETE OR TRUNCATE ON messages FOR EACH STATEMENT EXECUTE FUNCTION append_only();
CREATE TRIGGER notes_as_written BEFORE UPDATE OR DELETE OR TRUNCATE ON notes FOR EACH STATEMENT EXECUTE FUNCTION append_only();
CREATE CONSTRAINT TRIGGER messages_recorded AFTER INSERT ON messages
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION record_guard('ticket', 'ticket_id');
CREATE CONSTRAINT TRIGGER notes_recorded AFTER INSERT ON notes
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION record_guard('ticket', 'ticket_id');

-- Who looked, once a half hour.
CREATE TABLE ticket_views (
    ticket_id  bigint NOT NULL REFERENCES tickets (id),
    user_id    bigint NOT NULL REFERENCES users (id),
    half_hour  timestamptz NOT NULL,
    role       text NOT NULL,
    at         timestamptz NOT NULL,
    PRIMARY KEY (ticket_id, user_id, half_hour)
);
CREATE INDEX ticket_views_at ON ticket_views (at);
CREATE TRIGGER ticket_views_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ticket_views
    FOR EACH STATEMENT EXECUTE FUNCTION append_only();

-- Typed and not yet sent. The writer's alone.
CREATE TABLE drafts (
    id        uuid NOT NULL,
    user_id   bigint NOT NULL REFERENCES users (id),
    kind      text NOT NULL CHECK (kind IN ('request', 'call', 'message', 'note')),
    fields    jsonb NOT NULL,
    kept_at   timestamptz NOT NULL,
    PRIMARY KEY (user_id, id)
);
CREATE INDEX drafts_age ON drafts (kept_at);

-- +goose Down
DROP TABLE drafts, ticket_views, notes, messages, targets, resolutions, pauses, assignments, ticket_named, ticket_transitions, tickets, matters;
DROP FUNCTION ticket_lifecycle;
DROP SEQUENCE ticket_numbers;
