-- +goose Up
SET LOCAL lock_timeout = '5s';

-- What a state or an insurer asks of the letter that ends a relationship: its shortest
-- notice, the postage, what it must say. state '' is the general rule, for every state
-- that has none of its own. Managers edit them; a rule that no longer holds is kept.
CREATE TABLE mailing_rules (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    state        text NOT NULL CONSTRAINT mailing_rules_state_once UNIQUE CHECK (state ~ '^([A-Z]{2})?$'),
    holds        boolean NOT NULL DEFAULT true,
    min_days     integer NOT NULL CHECK (min_days BETWEEN 1 AND 366),
    takes_effect text NOT NULL CHECK (takes_effect IN ('letter', 'end')), -- on the letter's date, or when the notice ends
    mailing      text NOT NULL CHECK (mailing <> ''),
    must_say     text NOT NULL DEFAULT '', -- one statement a line
    note         text NOT NULL DEFAULT '',
    source       text NOT NULL CHECK (source <> ''),
    source_url   text NOT NULL DEFAULT '' CHECK (source_url ~ '^(https?://[^[:space:]]+)?$'),
    checked_on   date NOT NULL,
    version      integer NOT NULL DEFAULT 1,
    changed_by   bigint REFERENCES users (id), -- null: as it came
    changed_at   timestamptz,
    CHECK (state <> '' OR holds)
);
INSERT INTO mailing_rules (state, min_days, takes_effect, mailing, must_say, note, source, source_url, checked_on) VALUES
    ('', 30, 'end',
     'Send it two ways on the day it is dated: one copy by first-class mail with a certificate of mailing, and one by certified mail with return receipt, or as a portal message whose reading you can show.',
     '',
     'Thirty days is the usual floor. Allow more for a specialist, a long illness or a rural town; attorneys who advise practices speak of 60 to 90 days in oncology. The two ways of mailing are our advice.',
     'Physicians Practice, Procedures for patient discharges', 'https://physicianspractice.com/view/procedures-patient-discharges', '2026-11-16'),
    ('OH', 30, 'letter',
     'Certified mail with return receipt requested, on the day the letter is dated.',
     E'The physician-patient relationship is terminated.\nEmergency treatment and access to services will be given for up to 30 days from the date the letter was mailed.\nThe records will be transferred to another physician on the patient''s signed authorization.',
     'Ohio makes these statements compulsory, and a breach can bring discipline.',
     'Ohio Administrative Code 4731-27-02, as summarized by McDonald Hopkins', 'http://www.martindale.com/health-care-law/article_McDonald-Hopkins-LLC_2099454.htm', '2026-11-16'),
    ('NY', 30, 'letter',
     'First-class mail with a postal certificate of mailing. Not certified mail, which can be refused or left unclaimed.',
     '',
     'The letter takes effect on its own date. Emergency access lasts at least 30 days, and longer where the condition or the availability of care asks for it. This is the advice of the state''s large physician insurer.',
     'MLMIC, Discharge of a patient requires physicians to follow protocol', 'https://www.mlmic.com/blog/physicians/discharge-of-a-patient-requires-physicians-to-follow-protocol', '2026-11-16'),
    ('CA', 30, 'end',
     'Certified mail with return receipt requested. Keep a copy of the letter with the receipt, and enclose a records authorization form.',
     '',
     'The board asks for notice sufficiently in advance and gives no number; 30 days is the general floor. It wrote for practices that close, and the postage is the state medical association''s suggestion.',
     'Medical Board of California, Practice information', 'https://mbc.ca.gov/Licensing/Physicians-and-Surgeons/Practice-Information', '2026-11-16'),
    ('TX', 30, 'end',
     'We have nothing on postage for Texas: one copy by first-class mail with a certificate of mailing, and one by certified mail with return receipt.',
     '',
     'The principle: your duty ends when the need for care ends, when the patient leaves, or when you withdraw after reasonable notice that lets the patient find other care. No number of days is given; 30 is the general floor.',
     'TMLT, Terminating patient relationships', 'https://hub.tmlt.org/tmlt-blog/terminating-patient-relationships-how-to-dismiss-without-abandoning', '2026-11-16');
INSERT INTO mailing_rules (state, min_days, takes_effect, mailing, note, source, source_url, checked_on)
SELECT state, 30, 'end', 'Send it two ways: one copy by regular mail and one by certified mail.',
    'A regional insurer advises 30 days of emergency care, no discharge during an acute situation, and a look at the managed-care plan first.',
    'Professionals Advocate, Risk management questions', 'https://professionalsadvocate.com/faqs/view/rm-pap', '2026-11-16'
FROM unnest(ARRAY['MD', 'VA', 'DC']) AS state;
CREATE CONSTRAINT TRIGGER mailing_rules_recorded AFTER INSERT OR UPDATE OR DELETE ON mailing_rules
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION record_guard('mailing_rule', 'id');

-- A notice period whose end somebody wants to be reminded of: who, which state, until
-- when. Of the patient and the letter nothing is kept.
CREATE TABLE notices (
    id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    user_id   bigint NOT NULL REFERENCES users (id),
    state     text NOT NULL CHECK (state ~ '^[A-Z]{2}$'),
    ends_on   date NOT NULL,
    zone      text NOT NULL, -- whose mornings the reminders come in
    made_at   timestamptz NOT NULL,
    ended_at  timestamptz
);
CREATE UNIQUE INDEX notices_once ON notices (user_id, ends_on) WHERE ended_at IS NULL;
CREATE CONSTRAINT TRIGGER notices_recorded AFTER INSERT OR UPDATE OR DELETE ON notices
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION record_guard('notice', 'id');

-- A letter that would have been stopped, built with the physician on the phone: on which
-- ticket we advised it, for which state, and what had stopped it.
CREATE TABLE letter_clearances (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    ticket_id   bigint NOT NULL REFERENCES tickets (id),
    state       text NOT NULL CHECK (state ~ '^[A-Z]{2}$'),
    situations  text[] NOT NULL CHECK (cardinality(situations) > 0),
    cleared_by  bigint NOT NULL REFERENCES users (id),
    cleared_at  timestamptz NOT NULL
);
CREATE INDEX letter_clearances_of_ticket ON letter_clearances (ticket_id);
CREATE TRIGGER letter_clearances_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON letter_clearances
    FOR EACH STATEMENT EXECUTE FUNCTION append_only();
CREATE CONSTRAINT TRIGGER letter_clearances_recorded AFTER INSERT ON letter_clearances
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION record_guard('ticket', 'ticket_id');

-- +goose Down
DROP TABLE letter_clearances, notices, mailing_rules;
