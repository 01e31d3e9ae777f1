-- What web and worker may do, where the role hotline_app exists. Run after every
-- migration, so a new table is covered and the record never is.
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'hotline_app') THEN
        RETURN;
    END IF;
    GRANT USAGE ON SCHEMA public TO hotline_app;
    GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA public TO hotline_app;
    GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO hotline_app;
    -- Rows that may go: sign-ins, drafts, promises kept, failures forgotten, workers gone.
    GRANT DELETE ON sessions, drafts, outbox, sign_in_failures, workers, tasks_seen, memberships, consultant_topics, consultant_states,
        consultant_languages, shifts, shift_days, desk_hours, holidays, desk_targets, synonym_phrases, link_checks TO hotline_app;
    -- The record and what was said are only ever added to.
    REVOKE UPDATE, DELETE, TRUNCATE ON record, record_seals, record_sealed, ticket_views, messages, notes,
        calls, citations, article_versions, synonym_lists, synonyms, recalls, lexicon_changes, labels, models, models_in_force, article_draft_writers, letter_clearances,
        summaries, summary_citations, steps, step_completions, summary_confirmations, summary_corrections, corrections_kept FROM hotline_app;
    -- Heads are moved by the chain's own trigger; the seal may only mark what it sealed.
    REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON record_heads FROM hotline_app;
    GRANT UPDATE (sealed_seq) ON record_heads TO hotline_app;
    REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON ticket_transitions, installation, topics FROM hotline_app;
    GRANT UPDATE (name, asks, place) ON topics TO hotline_app;
    REVOKE INSERT, UPDATE, DELETE ON goose_db_version FROM hotline_app;
END $$;
