-- +goose Up
SET LOCAL lock_timeout = '5s';

-- In what capacity an article was written: "Risk consultant, attorney".
ALTER TABLE article_versions ADD COLUMN author text NOT NULL DEFAULT '';

-- What else leaves by mail: an article to be reviewed, a step somebody agreed to, a
-- summary to confirm, the end of a patient's notice.
ALTER TABLE letters DROP CONSTRAINT letters_kind_check,
    ADD CONSTRAINT letters_kind_check CHECK (kind IN ('acknowledgement', 'answer', 'assigned', 'overdue', 'reset',
        'due_soon', 'escalated', 'unaccepted', 'stranded', 'reading',
        'review_due', 'step_due', 'summary', 'notice_ends')) NOT VALID;
ALTER TABLE letters VALIDATE CONSTRAINT letters_kind_check;

-- +goose Down
ALTER TABLE letters DROP CONSTRAINT letters_kind_check,
    ADD CONSTRAINT letters_kind_check CHECK (kind IN ('acknowledgement', 'answer', 'assigned', 'overdue', 'reset',
        'due_soon', 'escalated', 'unaccepted', 'stranded', 'reading'));
ALTER TABLE article_versions DROP COLUMN author;
