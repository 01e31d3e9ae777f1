-- +goose Up
SET LOCAL lock_timeout = '5s';

-- What people changed in the lexicon that triage reads with, a part at a time: a topic's
-- words, or one trigger. The latest of each part holds, over what came with the program.
CREATE TABLE lexicon_changes (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    part        text NOT NULL CHECK (part ~ '^(topic|trigger):[a-z][a-z_]*$'),
    body        json, -- NULL: as it came
    changed_at  timestamptz NOT NULL,
    changed_by  bigint NOT NULL REFERENCES users (id)
);
CREATE INDEX lexicon_changes_of ON lexicon_changes (part, id);
CREATE TRIGGER lexicon_changes_as_made BEFORE UPDATE OR DELETE OR TRUNCATE ON lexicon_changes
    FOR EACH STATEMENT EXECUTE FUNCTION append_only();
CREATE CONSTRAINT TRIGGER lexicon_changes_recorded AFTER INSERT ON lexicon_changes
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION record_guard('lexicon', 'id');

-- What people's decisions say a ticket was about. No text: it is read from the ticket, for
-- as long as a night's training takes. urgency is there where a person set it.
CREATE TABLE labels (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    ticket_id  bigint NOT NULL REFERENCES tickets (id),
    topic      text NOT NULL REFERENCES topics (code),
    urgency    text CHECK (urgency IN ('critical', 'urgent', 'routine')),
    why        text NOT NULL CHECK (why IN ('corrected', 'resolved')),
    at         timestamptz NOT NULL,
    noted_at   timestamptz NOT NULL
);
CREATE INDEX labels_of_ticket ON labels (ticket_id, id);
CREATE TRIGGER labels_as_noted BEFORE UPDATE OR DELETE OR TRUNCATE ON labels
    FOR EACH STATEMENT EXECUTE FUNCTION append_only();

-- Models that were made, taken and refused. A recipe (what it was made of) is tried once.
CREATE TABLE models (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    version      text NOT NULL,
    recipe       bytea NOT NULL CONSTRAINT models_recipe_once UNIQUE CHECK (length(recipe) = 32),
    lexicon      bigint NOT NULL, -- the last lexicon_changes it was trained with; 0: none
    labels_to    bigint NOT NULL, -- the last of labels it knows; 0: none
    labels       integer NOT NULL,
    corrected    integer NOT NULL,
    scores       json NOT NULL,
    bytes        bytea,           -- NULL: refused
    trained_at   timestamptz NOT NULL,
    refused_why  text NOT NULL DEFAULT '',
    CHECK ((bytes IS NULL) = (refused_why <> ''))
);
CREATE TRIGGER models_as_made BEFORE UPDATE OR DELETE OR TRUNCATE ON models
    FOR EACH STATEMENT EXECUTE FUNCTION append_only();
CREATE CONSTRAINT TRIGGER models_recorded AFTER INSERT ON models
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION record_guard('model', 'id');

-- Which model triage reads with, since when, and who said so. The last row holds; without
-- one, and where it names none, it is the model that came with the program.
CREATE TABLE models_in_force (
    id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    model_id  bigint REFERENCES models (id),
    from_at   timestamptz NOT NULL,
    put_by    bigint REFERENCES users (id), -- NULL: it won by itself
    reason    text NOT NULL DEFAULT '',
    CHECK (put_by IS NULL OR reason <> '')
);
CREATE TRIGGER models_in_force_as_put BEFORE UPDATE OR DELETE OR TRUNCATE ON models_in_force
    FOR EACH STATEMENT EXECUTE FUNCTION append_only();
CREATE CONSTRAINT TRIGGER models_in_force_recorded AFTER INSERT ON models_in_force
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION record_guard('model_in_force', 'id');

-- +goose Down
DROP TABLE models_in_force, models, labels, lexicon_changes;
