-- +goose Up
SET LOCAL lock_timeout = '5s';

-- What a manager would change about how a desk's tickets find their consultant. body
-- is only what differs: points, capacities, shifts, promises. from_at: in force from
-- then on, or to be.
CREATE TABLE plans (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    desk_id     bigint NOT NULL REFERENCES desks (id),
    name        text NOT NULL CHECK (name <> ''),
    state       text NOT NULL DEFAULT 'draft' CHECK (state IN ('draft', 'scheduled', 'in_force', 'past', 'withdrawn')),
    body        jsonb NOT NULL,
    version     integer NOT NULL DEFAULT 1,
    made_by     bigint NOT NULL REFERENCES users (id),
    made_at     timestamptz NOT NULL,
    changed_by  bigint NOT NULL REFERENCES users (id),
    changed_at  timestamptz NOT NULL,
    enacted_by  bigint REFERENCES users (id), -- who put it into force, or set the time for it
    from_at     timestamptz,
    until_at    timestamptz, -- another followed
    undo        jsonb, -- once in force: what would take it back, as a body
    CONSTRAINT plans_from CHECK ((state IN ('scheduled', 'in_force', 'past')) = (from_at IS NOT NULL AND enacted_by IS NOT NULL)),
    CONSTRAINT plans_until CHECK ((state = 'past') = (until_at IS NOT NULL))
);
CREATE UNIQUE INDEX plans_one_scheduled ON plans (desk_id) WHERE state = 'scheduled';
CREATE UNIQUE INDEX plans_one_in_force ON plans (desk_id) WHERE state = 'in_force';
CREATE INDEX plans_of_desk ON plans (desk_id, state, changed_at);
CREATE CONSTRAINT TRIGGER plans_recorded AFTER INSERT OR UPDATE OF name, state, body, from_at OR DELETE ON plans
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION record_guard('plan', 'id');

-- A past period played again under a plan: asked for now, done later. body is the plan
-- as it was when it was asked for. result is sums alone: numbers and people, no ticket.
CREATE TABLE replays (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    plan_id     bigint NOT NULL REFERENCES plans (id),
    body        jsonb NOT NULL,
    from_day    date NOT NULL,
    to_day      date NOT NULL, -- the last one is not part of it
    asked_by    bigint NOT NULL REFERENCES users (id),
    asked_at    timestamptz NOT NULL,
    total       integer NOT NULL DEFAULT 0,
    done        integer NOT NULL DEFAULT 0,
    done_at     timestamptz,
    failed      text NOT NULL DEFAULT '' CHECK (failed IN ('', 'empty', 'large', 'slow', 'unplayable')),
    result      jsonb,
    CHECK (to_day > from_day),
    CHECK ((done_at IS NOT NULL) = (result IS NOT NULL OR failed <> ''))
);
CREATE INDEX replays_of_plan ON replays (plan_id, asked_at);

-- +goose Down
DROP TABLE replays, plans;
