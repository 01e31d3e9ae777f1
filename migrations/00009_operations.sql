-- +goose Up
SET LOCAL lock_timeout = '5s';

-- What else a worker sees of a queue: whether it holds its tasks back, and since when
-- the oldest one waits.
ALTER TABLE queues ADD COLUMN paused boolean NOT NULL DEFAULT false, ADD COLUMN oldest_at timestamptz;

-- Tasks that failed and wait to be tried again, and those set aside for a person, as
-- a worker last saw them: identifiers and the kind of error, never what they carry.
CREATE TABLE tasks_seen (
    queue       text NOT NULL,
    id          text NOT NULL,
    kind        text NOT NULL,
    state       text NOT NULL CHECK (state IN ('retry', 'archived')),
    retried     integer NOT NULL,
    max_retry   integer NOT NULL,
    last_error  text NOT NULL DEFAULT '',
    failed_at   timestamptz,
    next_at     timestamptz,
    promise_id  bigint, -- no foreign key: a promise that was kept is forgotten sooner than its task
    PRIMARY KEY (queue, id)
);

-- What administrators asked of the queues and of letters. Web processes never talk to
-- Redis: a worker takes an order, carries it out and says how it ended. Taken and not
-- done for a minute: that worker died, and another takes it.
CREATE TABLE orders (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    what        text NOT NULL CHECK (what IN ('run', 'delete', 'run_archived', 'pause', 'resume', 'send_again')),
    queue       text NOT NULL DEFAULT '' CHECK (queue IN ('', 'critical', 'urgent', 'routine', 'notify', 'low')),
    task        text NOT NULL DEFAULT '',
    kind        text NOT NULL DEFAULT '', -- of the task or the letter, for who reads the list later
    promise_id  bigint,
    letter_id   bigint REFERENCES letters (id),
    ordered_by  bigint NOT NULL REFERENCES users (id),
    ordered_at  timestamptz NOT NULL,
    taken_at    timestamptz,
    done_at     timestamptz,
    outcome     text NOT NULL DEFAULT '',
    CHECK ((what IN ('run', 'delete')) = (task <> '')),
    CHECK ((what = 'send_again') = (letter_id IS NOT NULL)),
    CHECK ((what = 'send_again') = (queue = ''))
);
-- One open order of a kind for one thing, however often the button is pressed.
CREATE UNIQUE INDEX orders_open ON orders (what, queue, task, letter_id) NULLS NOT DISTINCT WHERE done_at IS NULL;
CREATE INDEX orders_of_queue ON orders (queue, id) WHERE what IN ('pause', 'resume');
CREATE CONSTRAINT TRIGGER orders_recorded AFTER INSERT OR UPDATE OF done_at OR DELETE ON orders
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION record_guard('order', 'id');

-- When each kind of the clock's work was last done, how much it found (null: it does
-- not count) and how long that took.
CREATE TABLE sweeps (
    kind     text PRIMARY KEY,
    at       timestamptz NOT NULL,
    found    bigint,
    took_ms  bigint NOT NULL
);

-- A letter that no server will ever take, and the kind of its refusal.
ALTER TABLE letters ADD COLUMN refused_at timestamptz, ADD COLUMN refused_why text;
CREATE INDEX letters_refused ON letters (refused_at) WHERE refused_at IS NOT NULL;

-- +goose Down
DROP INDEX letters_refused;
ALTER TABLE letters DROP COLUMN refused_at, DROP COLUMN refused_why;
DROP TABLE sweeps, orders, tasks_seen;
ALTER TABLE queues DROP COLUMN paused, DROP COLUMN oldest_at;
