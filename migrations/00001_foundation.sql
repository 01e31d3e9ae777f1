-- +goose Up
SET LOCAL lock_timeout = '5s';

CREATE EXTENSION IF NOT EXISTS unaccent;
CREATE EXTENSION IF NOT EXISTS pg_trgm;

-- plain is how names and words are compared: without case and accents. It is
-- declared immutable (unaccent with its dictionary named is, in effect) so that
-- indexes can stand on it.
-- +goose StatementBegin
CREATE FUNCTION plain(words text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
    SET search_path = public, pg_temp
AS $$ SELECT lower(unaccent('unaccent', words)) $$;
-- +goose StatementEnd

-- One row: which installation this is. Task IDs begin with it, so two
-- installations that share a Redis by mistake never mistake each other's work.
CREATE TABLE installation (
    one      boolean PRIMARY KEY DEFAULT true CHECK (one),
    id       text NOT NULL DEFAULT substr(replace(gen_random_uuid()::text, '-', ''), 1, 12),
    demo     boolean NOT NULL DEFAULT false,
    loaded   boolean NOT NULL DEFAULT false, -- the demo's people and tickets are all there
    made_at  timestamptz NOT NULL DEFAULT now()
);
INSERT INTO installation DEFAULT VALUES;

-- Later work, promised in the transaction that needs it. One row is one promise.
CREATE TABLE outbox (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind        text NOT NULL,
    queue       text NOT NULL CHECK (queue IN ('critical', 'urgent', 'routine', 'notify', 'low')),
    args        jsonb NOT NULL,
    run_at      timestamptz NOT NULL,
    attempt     integer NOT NULL DEFAULT 0,
    sent_at     timestamptz,
    done_at     timestamptz,
    failures    integer NOT NULL DEFAULT 0,
    last_error  text
);
CREATE INDEX outbox_unsent ON outbox (run_at, id) WHERE sent_at IS NULL AND done_at IS NULL;
CREATE INDEX outbox_undone ON outbox (sent_at) WHERE sent_at IS NOT NULL AND done_at IS NULL;
CREATE INDEX outbox_done ON outbox (done_at) WHERE done_at IS NOT NULL;

-- The record: who did what to which subject, when. Identifiers and states, never
-- what a person wrote. No foreign keys: it outlives what it speaks of. kind sorts by
-- bytes, so that an order a seal was made in is the same on every machine for ever.
CREATE TABLE record (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind         text COLLATE "C" NOT NULL CHECK (kind ~ '^[a-z][a-z_]*$'),
    subject_id   bigint NOT NULL,
    seq          bigint NOT NULL,
    at           timestamptz NOT NULL,
    actor_id     bigint,
    role         text NOT NULL,
    job          text NOT NULL DEFAULT '',
    action       text NOT NULL,
    ticket_id    bigint,
    detail       json NOT NULL DEFAULT '{}',
    previous     bytea NOT NULL,
    hash         bytea NOT NULL,
    written_in   xid8 NOT NULL DEFAULT pg_current_xact_id(),
    recorded_at  timestamptz NOT NULL DEFAULT transaction_timestamp(),
    CONSTRAINT record_in_order UNIQUE (kind, subject_id, seq)
);
CREATE INDEX record_written ON record (written_in, kind, subject_id);
CREATE INDEX record_of_ticket ON record (ticket_id, id) WHERE ticket_id IS NOT NULL;
CREATE INDEX record_at ON record (at, id);

-- The last link of each subject's chain.
CREATE TABLE record_heads (
    kind        text COLLATE "C" NOT NULL,
    subject_id  bigint NOT NULL,
    seq         bigint NOT NULL,
    hash        bytea NOT NULL,
    sealed_seq  bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (kind, subject_id)
) WITH (fillfactor = 70);
CREATE INDEX record_heads_moved ON record_heads (kind, subject_id) WHERE seq > sealed_seq;

-- A seal: the heads that moved since the one before, their root, and a MAC under
-- a key that only the worker has.
CREATE TABLE record_seals (
    no        bigint PRIMARY KEY,
    at        timestamptz NOT NULL,
    entries   bigint NOT NULL,
    root      bytea NOT NULL,
    previous  bytea NOT NULL,
    mac       bytea
);
-- The heads a seal holds. No foreign key: they are written before their seal, which
-- needs their root, and the verifier finds what points nowhere.
CREATE TABLE record_sealed (
    seal        bigint NOT NULL,
    kind        text COLLATE "C" NOT NULL,
    subject_id  bigint NOT NULL,
    seq         bigint NOT NULL,
    hash        bytea NOT NULL,
    PRIMARY KEY (seal, kind, subject_id)
);

-- record_chain gives an entry its place: the next number of its subject, the hash
-- before it, and its own. The head's row lock makes writers to one subject queue.
-- +goose StatementBegin
CREATE FUNCTION record_chain() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
    canonical text;
BEGIN
    INSERT INTO public.record_heads (kind, subject_id, seq, hash)
    VALUES (NEW.kind, NEW.subject_id, 0, decode(repeat('00', 32), 'hex'))
    ON CONFLICT (kind, subject_id) DO NOTHING;

    SELECT seq + 1, hash INTO NEW.seq, NEW.previous
    FROM public.record_heads
    WHERE kind = NEW.kind AND subject_id = NEW.subject_id
    FOR UPDATE;

    NEW.written_in := pg_current_xact_id();
    NEW.recorded_at := transaction_timestamp();
    canonical := jsonb_build_array('v1', NEW.kind, NEW.subject_id, NEW.seq,
        (extract(epoch FROM NEW.at) * 1000000)::bigint,
        NEW.actor_id, NEW.role, NEW.job, NEW.action, NEW.ticket_id, NEW.detail::text)::text;
    NEW.hash := sha256(NEW.previous || convert_to(canonical, 'UTF8'));

    UPDATE public.record_heads SET seq = NEW.seq, hash = NEW.hash
    WHERE kind = NEW.kind AND subject_id = NEW.subject_id;
    RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER record_chain BEFORE INSERT ON record FOR EACH ROW EXECUTE FUNCTION record_chain();
-- Whoever may execute it could hang it on a table of their own and move heads
-- without entries. The trigger above needs no such right.
REVOKE EXECUTE ON FUNCTION record_chain() FROM PUBLIC;

-- +goose StatementBegin
CREATE FUNCTION append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END $$;
-- +goose StatementEnd
CREATE TRIGGER record_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON record
    FOR EACH STATEMENT EXECUTE FUNCTION append_only();
CREATE TRIGGER record_seals_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON record_seals
    FOR EACH STATEMENT EXECUTE FUNCTION append_only();
CREATE TRIGGER record_sealed_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON record_sealed
    FOR EACH STATEMENT EXECUTE FUNCTION append_only();

-- record_guard refuses, at COMMIT, a guarded change for which this transaction
-- wrote no entry. Arguments: the entry's kind; the column that holds its subject.
-- +goose StatementBegin
CREATE FUNCTION record_guard() RETURNS trigger
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

-- What the worker writes about the machine, for the pages that show it.
CREATE TABLE workers (
    id          text PRIMARY KEY,
    version     text NOT NULL,
    started_at  timestamptz NOT NULL,
    seen_at     timestamptz NOT NULL
);
CREATE TABLE queues (
    name       text PRIMARY KEY,
    pending    bigint NOT NULL,
    active     bigint NOT NULL,
    scheduled  bigint NOT NULL,
    retry      bigint NOT NULL,
    archived   bigint NOT NULL,
    seen_at    timestamptz NOT NULL
);

-- +goose Down
DROP TABLE queues, workers, record_sealed, record_seals, record_heads, record, outbox, installation;
DROP FUNCTION record_guard, record_chain, append_only, plain;
DROP EXTENSION pg_trgm;
DROP EXTENSION unaccent;
