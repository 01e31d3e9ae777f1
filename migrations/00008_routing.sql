-- +goose Up
SET LOCAL lock_timeout = '5s';
-- Its checks are proved by reading tickets, targets, assignments and letters once, and these
-- stand still meanwhile: run it while the line is quiet.

-- The guard learns of rows that hang on a person.
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION record_guard() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
    subject bigint;
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'rows of % are kept', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF TG_ARGV[1] = 'ticket_id' THEN
        subject := NEW.ticket_id;
    ELSIF TG_ARGV[1] = 'article_id' THEN
        subject := NEW.article_id;
    ELSIF TG_ARGV[1] = 'desk_id' THEN
        subject := NEW.desk_id;
    ELSIF TG_ARGV[1] = 'user_id' THEN
        subject := NEW.user_id;
    ELSE
        subject := NEW.id;
    END IF;
    PERFORM 1 FROM public.record
    WHERE written_in = pg_current_xact_id() AND kind = TG_ARGV[0] AND subject_id = subject
      AND recorded_at = transaction_timestamp()
    LIMIT 1;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'a change to % was not recorded', TG_TABLE_NAME
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'record_guard', TABLE = TG_TABLE_NAME;
    END IF;
    RETURN NULL;
END $$;
-- +goose StatementEnd

-- How a desk's router weighs (routing.Policy as JSON; what is left out is the
-- default), and how often its calendar has changed.
ALTER TABLE desks ADD COLUMN policy jsonb NOT NULL DEFAULT '{}',
    ADD COLUMN calendar_version integer NOT NULL DEFAULT 0;

-- A change of a desk's calendar, which moves open deadlines once.
CREATE TABLE calendar_changes (
    id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    desk_id   bigint NOT NULL REFERENCES desks (id),
    version   integer NOT NULL,
    made_by   bigint REFERENCES users (id),
    made_at   timestamptz NOT NULL,
    moved     integer NOT NULL DEFAULT 0,
    done_at   timestamptz,
    UNIQUE (desk_id, version)
);

-- Promises by kind, and by topic where a topic has its own. always: counted around
-- the clock instead of in the desk's hours.
ALTER TABLE desk_targets DROP CONSTRAINT desk_targets_pkey,
    ADD COLUMN kind text NOT NULL DEFAULT 'first_answer' CHECK (kind IN ('first_answer', 'next_answer', 'resolution')),
    ADD COLUMN topic text REFERENCES topics (code),
    ADD COLUMN always boolean NOT NULL DEFAULT false,
    ADD CONSTRAINT desk_targets_once UNIQUE NULLS NOT DISTINCT (desk_id, kind, topic, urgency);

-- A running promise: when to warn of it, when to tell of its breach, when to tell a
-- manager that nobody moved. began: what started this row; calendar: the version of
-- the desk's calendar it was computed by; length_us: what was left of the promise when
-- the row began, in microseconds of its clock (null: all of it).
ALTER TABLE targets DROP CONSTRAINT targets_kind_check,
    ADD CONSTRAINT targets_kind_check CHECK (kind IN ('first_answer', 'next_answer', 'resolution')),
    ADD COLUMN began text NOT NULL DEFAULT 'opened' CHECK (began IN ('opened', 'asked', 'reopened', 'resumed', 'urgency', 'topic', 'calendar')),
    ADD COLUMN always boolean NOT NULL DEFAULT false,
    ADD COLUMN calendar integer NOT NULL DEFAULT 0,
    ADD COLUMN length_us bigint,
    ADD COLUMN warn_at timestamptz,
    ADD COLUMN warned_at timestamptz,
    ADD COLUMN escalate_at timestamptz,
    ADD COLUMN escalated_at timestamptz;
DROP INDEX targets_one_running;
CREATE UNIQUE INDEX targets_one_running ON targets (ticket_id, (kind = 'resolution')) WHERE ended_at IS NULL AND met_at IS NULL;
CREATE INDEX targets_to_warn ON targets (warn_at) WHERE ended_at IS NULL AND met_at IS NULL AND warned_at IS NULL AND warn_at IS NOT NULL;
CREATE INDEX targets_to_escalate ON targets (escalate_at) WHERE ended_at IS NULL AND met_at IS NULL AND escalated_at IS NULL AND escalate_at IS NOT NULL;
ALTER TABLE tickets DROP CONSTRAINT tickets_due_kind_check,
    ADD CONSTRAINT tickets_due_kind_check CHECK (due_kind IN ('target', 'resolution', 'caller', 'none')),
    ADD COLUMN language text NOT NULL DEFAULT 'en' CHECK (language ~ '^[a-z]{2,3}$');
ALTER TABLE physicians ADD COLUMN language text NOT NULL DEFAULT 'en' CHECK (language ~ '^[a-z]{2,3}$');

ALTER TABLE letters DROP CONSTRAINT letters_kind_check,
    ADD CONSTRAINT letters_kind_check CHECK (kind IN ('acknowledgement', 'answer', 'assigned', 'overdue', 'reset',
        'due_soon', 'escalated', 'unaccepted', 'stranded', 'reading'));

-- Loads are weighed by urgency and desk: with these in the index, the table is not read.
DROP INDEX tickets_held;
CREATE INDEX tickets_held ON tickets (assignee_id) INCLUDE (urgency, desk_id) WHERE status IN ('assigned', 'with_physician');

-- What the router gave has to be accepted in time. lapsed: it was not, and went on
-- to the next. reader: who reads along where the holder is learning the topic.
ALTER TABLE assignments DROP CONSTRAINT assignments_how_check,
    ADD CONSTRAINT assignments_how_check CHECK (how IN ('router', 'claim', 'transfer', 'call', 'reopen', 'answer', 'deputy')),
    ADD COLUMN accept_by timestamptz,
    ADD COLUMN accepted_at timestamptz,
    ADD COLUMN chased_at timestamptz, -- its time to be accepted is over, and somebody was asked to see to it
    ADD COLUMN lapsed boolean NOT NULL DEFAULT false,
    ADD COLUMN reader_id bigint REFERENCES users (id),
    ADD COLUMN read_at timestamptz;
CREATE INDEX assignments_to_accept ON assignments (accept_by) WHERE until_at IS NULL AND accepted_at IS NULL AND chased_at IS NULL AND accept_by IS NOT NULL;

-- People. duty_extra: at work outside their shift too, because they said so.
ALTER TABLE consultants ADD COLUMN wrap_until timestamptz, ADD COLUMN duty_extra boolean NOT NULL DEFAULT false;
ALTER TABLE consultant_topics ADD COLUMN level text NOT NULL DEFAULT 'knows' CHECK (level IN ('training', 'knows', 'leads'));
CREATE TABLE consultant_states (
    user_id  bigint NOT NULL REFERENCES consultants (user_id),
    state    text NOT NULL CHECK (state ~ '^[A-Z]{2}$'),
    PRIMARY KEY (user_id, state)
);
CREATE TABLE consultant_languages (
    user_id   bigint NOT NULL REFERENCES consultants (user_id),
    language  text NOT NULL CHECK (language ~ '^[a-z]{2,3}$'),
    PRIMARY KEY (user_id, language)
);
-- A person's usual week, in the zone of their first desk; none: the desk's hours.
CREATE TABLE shifts (
    user_id  bigint NOT NULL REFERENCES consultants (user_id),
    weekday  smallint NOT NULL CHECK (weekday BETWEEN 0 AND 6),
    starts   smallint NOT NULL CHECK (starts BETWEEN 0 AND 1439),
    ends     smallint NOT NULL CHECK (ends BETWEEN 1 AND 1440),
    PRIMARY KEY (user_id, weekday, starts),
    CHECK (ends > starts)
);
-- One day that differs: other hours, or off (both null).
CREATE TABLE shift_days (
    user_id  bigint NOT NULL REFERENCES consultants (user_id),
    day      date NOT NULL,
    starts   smallint,
    ends     smallint,
    PRIMARY KEY (user_id, day),
    CHECK ((starts IS NULL) = (ends IS NULL)),
    CHECK (starts IS NULL OR (ends > starts AND starts >= 0 AND ends <= 1440))
);
CREATE TABLE absences (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    user_id     bigint NOT NULL REFERENCES consultants (user_id),
    from_at     timestamptz NOT NULL,
    until_at    timestamptz NOT NULL,
    deputy_id   bigint REFERENCES consultants (user_id),
    made_by     bigint REFERENCES users (id),
    made_at     timestamptz NOT NULL,
    began_at    timestamptz, -- its work has been moved
    ended_at    timestamptz, -- ended early, or called off
    CHECK (until_at > from_at),
    CHECK (deputy_id <> user_id)
);
CREATE INDEX absences_of ON absences (user_id, until_at) WHERE ended_at IS NULL;
-- Whom a consultant must never be given: a physician, or everybody of a practice.
CREATE TABLE exclusions (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    user_id       bigint NOT NULL REFERENCES consultants (user_id),
    physician_id  bigint REFERENCES physicians (id),
    practice_id   bigint REFERENCES practices (id),
    made_by       bigint REFERENCES users (id),
    made_at       timestamptz NOT NULL,
    ended_at      timestamptz,
    CHECK ((physician_id IS NULL) <> (practice_id IS NULL))
);
CREATE INDEX exclusions_of_physician ON exclusions (physician_id) WHERE ended_at IS NULL;
CREATE INDEX exclusions_of_practice ON exclusions (practice_id) WHERE ended_at IS NULL;
CREATE INDEX exclusions_of_user ON exclusions (user_id) WHERE ended_at IS NULL;
-- Who answers critical tickets of a desk while it is closed.
CREATE TABLE oncall_turns (
    id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    desk_id   bigint NOT NULL REFERENCES desks (id),
    user_id   bigint NOT NULL REFERENCES consultants (user_id),
    from_at   timestamptz NOT NULL,
    until_at  timestamptz NOT NULL,
    made_by   bigint REFERENCES users (id),
    made_at   timestamptz NOT NULL,
    ended_at  timestamptz,
    CHECK (until_at > from_at)
);
CREATE INDEX oncall_turns_of_desk ON oncall_turns (desk_id, until_at) WHERE ended_at IS NULL;

CREATE CONSTRAINT TRIGGER calendar_changes_recorded AFTER INSERT ON calendar_changes
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION record_guard('desk', 'desk_id');
CREATE CONSTRAINT TRIGGER consultants_recorded AFTER INSERT OR UPDATE OF cap ON consultants
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION record_guard('user', 'user_id');
CREATE CONSTRAINT TRIGGER shifts_recorded AFTER INSERT OR UPDATE ON shifts
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION record_guard('user', 'user_id');
CREATE CONSTRAINT TRIGGER shift_days_recorded AFTER INSERT OR UPDATE ON shift_days
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION record_guard('user', 'user_id');
CREATE CONSTRAINT TRIGGER absences_recorded AFTER INSERT OR UPDATE OR DELETE ON absences
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION record_guard('user', 'user_id');
CREATE CONSTRAINT TRIGGER exclusions_recorded AFTER INSERT OR UPDATE OR DELETE ON exclusions
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION record_guard('user', 'user_id');
CREATE CONSTRAINT TRIGGER oncall_turns_recorded AFTER INSERT OR UPDATE OR DELETE ON oncall_turns
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION record_guard('desk', 'desk_id');

-- +goose Down
-- For a database that has not used any of this yet: rows of the new kinds would stand in the way.
DROP TABLE oncall_turns, exclusions, absences, shift_days, shifts, consultant_languages, consultant_states, calendar_changes;
DROP TRIGGER consultants_recorded ON consultants;
ALTER TABLE consultant_topics DROP COLUMN level;
ALTER TABLE consultants DROP COLUMN wrap_until, DROP COLUMN duty_extra;
DROP INDEX assignments_to_accept;
ALTER TABLE assignments DROP COLUMN accept_by, DROP COLUMN accepted_at, DROP COLUMN chased_at, DROP COLUMN lapsed, DROP COLUMN reader_id, DROP COLUMN read_at;
ALTER TABLE assignments DROP CONSTRAINT assignments_how_check,
    ADD CONSTRAINT assignments_how_check CHECK (how IN ('router', 'claim', 'transfer', 'call', 'reopen', 'answer'));
ALTER TABLE physicians DROP COLUMN language;
ALTER TABLE tickets DROP COLUMN language, DROP CONSTRAINT tickets_due_kind_check,
    ADD CONSTRAINT tickets_due_kind_check CHECK (due_kind IN ('target', 'caller', 'none'));
DROP INDEX tickets_held;
CREATE INDEX tickets_held ON tickets (assignee_id) WHERE status IN ('assigned', 'with_physician');
DROP INDEX targets_one_running, targets_to_warn, targets_to_escalate;
ALTER TABLE targets DROP COLUMN began, DROP COLUMN always, DROP COLUMN calendar, DROP COLUMN length_us, DROP COLUMN warn_at, DROP COLUMN warned_at,
    DROP COLUMN escalate_at, DROP COLUMN escalated_at, DROP CONSTRAINT targets_kind_check,
    ADD CONSTRAINT targets_kind_check CHECK (kind IN ('first_answer', 'next_answer'));
CREATE UNIQUE INDEX targets_one_running ON targets (ticket_id) WHERE ended_at IS NULL AND met_at IS NULL;
ALTER TABLE letters DROP CONSTRAINT letters_kind_check,
    ADD CONSTRAINT letters_kind_check CHECK (kind IN ('acknowledgement', 'answer', 'assigned', 'overdue', 'reset'));
ALTER TABLE desk_targets DROP CONSTRAINT desk_targets_once, DROP COLUMN kind, DROP COLUMN topic, DROP COLUMN always, ADD PRIMARY KEY (desk_id, urgency);
ALTER TABLE desks DROP COLUMN policy, DROP COLUMN calendar_version;
