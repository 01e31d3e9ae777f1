-- +goose Up
SET LOCAL lock_timeout = '5s';

-- What a consultation came to, in writing: each row is an edition as it was sent.
CREATE TABLE summaries (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    ticket_id   bigint NOT NULL REFERENCES tickets (id),
    edition     integer NOT NULL CHECK (edition > 0),
    author_id   bigint NOT NULL REFERENCES users (id),
    told        text NOT NULL,
    suggested   text NOT NULL,
    left_out    text NOT NULL,
    notice      text NOT NULL CHECK (notice IN ('consultation', 'handed', 'declined')),
    text_hash   bytea NOT NULL CHECK (length(text_hash) = 32),
    client_key  uuid NOT NULL,
    sent_at     timestamptz NOT NULL,
    CONSTRAINT summaries_edition_once UNIQUE (ticket_id, edition),
    CONSTRAINT summaries_sent_once UNIQUE (author_id, client_key)
);

-- What an edition leans on: only what was cited on its ticket, in that version.
CREATE TABLE summary_citations (
    summary_id  bigint NOT NULL REFERENCES summaries (id),
    ticket_id   bigint NOT NULL,
    version_id  bigint NOT NULL,
    position    integer NOT NULL,
    PRIMARY KEY (summary_id, version_id),
    FOREIGN KEY (ticket_id, version_id) REFERENCES citations (ticket_id, version_id)
);

-- Who does what by when, as an edition says.
CREATE TABLE steps (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    ticket_id   bigint NOT NULL REFERENCES tickets (id),
    summary_id  bigint NOT NULL REFERENCES summaries (id),
    position    integer NOT NULL,
    who         text NOT NULL CHECK (who IN ('physician', 'office', 'us')),
    what        text NOT NULL,
    due_on      date NOT NULL,
    CONSTRAINT steps_position_once UNIQUE (summary_id, position)
);
CREATE INDEX steps_of_ticket ON steps (ticket_id, due_on);

CREATE TABLE step_completions (
    step_id    bigint PRIMARY KEY REFERENCES steps (id),
    ticket_id  bigint NOT NULL REFERENCES tickets (id),
    done_by    bigint NOT NULL REFERENCES users (id),
    role       text NOT NULL,
    done_at    timestamptz NOT NULL
);

-- The physician's yes, or that of somebody who may speak for them and says so.
CREATE TABLE summary_confirmations (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    ticket_id     bigint NOT NULL REFERENCES tickets (id),
    summary_id    bigint NOT NULL REFERENCES summaries (id),
    confirmed_by  bigint NOT NULL REFERENCES users (id),
    on_behalf     boolean NOT NULL,
    confirmed_at  timestamptz NOT NULL,
    CONSTRAINT summary_confirmations_once UNIQUE (summary_id, confirmed_by)
);

CREATE TABLE summary_corrections (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    ticket_id     bigint NOT NULL REFERENCES tickets (id),
    summary_id    bigint NOT NULL REFERENCES summaries (id),
    author_id     bigint NOT NULL REFERENCES users (id),
    on_behalf     boolean NOT NULL,
    body          text NOT NULL,
    text_hash     bytea NOT NULL CHECK (length(text_hash) = 32),
    client_key    uuid NOT NULL,
    corrected_at  timestamptz NOT NULL,
    CONSTRAINT summary_corrections_sent_once UNIQUE (author_id, client_key)
);
CREATE INDEX summary_corrections_of_summary ON summary_corrections (summary_id, id);

-- A correction that was read and stands beside the edition as it was said.
CREATE TABLE corrections_kept (
    correction_id  bigint PRIMARY KEY REFERENCES summary_corrections (id),
    ticket_id      bigint NOT NULL REFERENCES tickets (id),
    kept_by        bigint NOT NULL REFERENCES users (id),
    kept_at        timestamptz NOT NULL
);

-- +goose StatementBegin
DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['summaries', 'summary_citations', 'steps', 'step_completions', 'summary_confirmations', 'summary_corrections', 'corrections_kept'] LOOP
        EXECUTE format('CREATE TRIGGER %I BEFORE UPDATE OR DELETE OR TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION append_only()', name || '_append_only', name);
        EXECUTE format('CREATE CONSTRAINT TRIGGER %I AFTER INSERT ON %I DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION record_guard(''ticket'', ''ticket_id'')', name || '_recorded', name);
    END LOOP;
END $$;
-- +goose StatementEnd

-- A summary or a correction that somebody writes has a draft, too.
ALTER TABLE drafts DROP CONSTRAINT drafts_kind_check,
    ADD CONSTRAINT drafts_kind_check CHECK (kind IN ('request', 'call', 'message', 'note', 'summary')) NOT VALID;
ALTER TABLE drafts VALIDATE CONSTRAINT drafts_kind_check;

-- +goose Down
DELETE FROM drafts WHERE kind = 'summary';
ALTER TABLE drafts DROP CONSTRAINT drafts_kind_check,
    ADD CONSTRAINT drafts_kind_check CHECK (kind IN ('request', 'call', 'message', 'note'));
DROP TABLE corrections_kept, summary_corrections, summary_confirmations, step_completions, steps, summary_citations, summaries;
