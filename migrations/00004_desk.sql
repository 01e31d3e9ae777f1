-- +goose Up
SET LOCAL lock_timeout = '5s';

-- What a consultation may be about. The codes are fixed, the names are editable.
CREATE TABLE topics (
    code   text PRIMARY KEY,
    name   text NOT NULL,
    asks   text NOT NULL,
    place  integer NOT NULL
);
INSERT INTO topics (code, name, asks, place) VALUES
    ('discharge',                 'Ending a patient’s care',       'May I stop seeing this patient, and how?', 1),
    ('difficult_patient',         'Difficult patient',             'Anger, missed visits, threats, refusing what I advise', 2),
    ('online_reviews',            'Reviews and complaints',        'A bad review, a complaint, a post about me', 3),
    ('close_relationships',       'Family, friends and staff',     'Someone close to me wants advice or a prescription', 4),
    ('boundaries_communication',  'Boundaries and messages',       'Texts, gifts, invitations, my own phone', 5),
    ('transparency_records',      'Records and telling patients',  'Notes, corrections, saying what went wrong', 6),
    ('privacy_disclosure',        'Privacy and requests for information', 'A subpoena, a lawyer, police, parents, an employer', 7),
    ('misinformation',            'Misinformation',                'Unproven treatments, refused vaccines, exemption letters', 8),
    ('equity_culture',            'Equity, language and bias',     'Interpreters, disability, a biased or aggrieved patient', 9),
    ('other_liability',           'Something else',                'Coverage, certificates, billing, legal process', 10);

-- Weekly hours, in the desk's zone; several segments a day. weekday: 0 is Sunday. Minutes after midnight.
CREATE TABLE desk_hours (
    desk_id  bigint NOT NULL REFERENCES desks (id),
    weekday  smallint NOT NULL CHECK (weekday BETWEEN 0 AND 6),
    opens    smallint NOT NULL CHECK (opens BETWEEN 0 AND 1439),
    closes   smallint NOT NULL CHECK (closes BETWEEN 1 AND 1440),
    PRIMARY KEY (desk_id, weekday, opens),
    CHECK (closes > opens)
);
-- A holiday replaces that day's hours: closed, or open only from opens to closes.
CREATE TABLE holidays (
    desk_id  bigint NOT NULL REFERENCES desks (id),
    day      date NOT NULL,
    name     text NOT NULL,
    opens    smallint,
    closes   smallint,
    PRIMARY KEY (desk_id, day),
    CHECK ((opens IS NULL) = (closes IS NULL)),
    CHECK (opens IS NULL OR (closes > opens AND opens >= 0 AND closes <= 1440))
);
-- Our promise to answer, in minutes of the desk's business time.
CREATE TABLE desk_targets (
    desk_id  bigint NOT NULL REFERENCES desks (id),
    urgency  text NOT NULL CHECK (urgency IN ('critical', 'urgent', 'routine')),
    minutes  integer NOT NULL CHECK (minutes > 0),
    PRIMARY KEY (desk_id, urgency)
);
CREATE CONSTRAINT TRIGGER desks_recorded AFTER INSERT OR UPDATE OR DELETE ON desks
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION record_guard('desk', 'id');
CREATE CONSTRAINT TRIGGER desk_hours_recorded AFTER INSERT OR UPDATE ON desk_hours
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION record_guard('desk', 'desk_id');
CREATE CONSTRAINT TRIGGER holidays_recorded AFTER INSERT OR UPDATE ON holidays
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION record_guard('desk', 'desk_id');
CREATE CONSTRAINT TRIGGER desk_targets_recorded AFTER INSERT OR UPDATE ON desk_targets
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION record_guard('desk', 'desk_id');

-- How much a consultant takes at once, and until when they are at work.
CREATE TABLE consultants (
    user_id     bigint PRIMARY KEY REFERENCES users (id),
    cap         integer NOT NULL CHECK (cap >= 0),
    duty_since  timestamptz,
    duty_until  timestamptz,
    last_given  timestamptz,
    CHECK ((duty_since IS NULL) = (duty_until IS NULL))
);
CREATE TABLE consultant_topics (
    user_id  bigint NOT NULL REFERENCES consultants (user_id),
    topic    text NOT NULL REFERENCES topics (code),
    PRIMARY KEY (user_id, topic)
);

-- +goose Down
DROP TABLE consultant_topics, consultants, desk_targets, holidays, desk_hours, topics;
DROP TRIGGER desks_recorded ON desks;
