-- The roles of the platform's processes. Run by the tables' owner in the database, after migrating and again after each
-- migration; it may be run any number of times. Needs CREATEROLE the first time, or somebody who has it makes the roles.
-- Each process logs in as a role of its own that is given one of these:
--
--     CREATE ROLE api_server LOGIN PASSWORD '…' IN ROLE connector_api;
--     CREATE ROLE kafka_consumer LOGIN PASSWORD '…' IN ROLE connector_ingest;
--
-- None owns a table, so none can change one, and row-level security binds all: connector_api sees rows of the organisation
-- that its transaction names, the others what a policy below shows them.

BEGIN;

DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['connector_api', 'connector_every_org', 'connector_jobs', 'connector_ingest'] LOOP
        IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = name) THEN
            EXECUTE format('CREATE ROLE %I NOLOGIN NOSUPERUSER NOBYPASSRLS', name);
        END IF;
    END LOOP;
    -- API servers become these two for a transaction, to read for a caller with CROSS_TENANT and to do the jobs, and have
    -- none of their rights otherwise: what is granted to a role without inheritance is not inherited through it.
    IF (SELECT rolinherit FROM pg_roles WHERE rolname = 'connector_api') THEN
        ALTER ROLE connector_api NOINHERIT;
    END IF;
    FOREACH name IN ARRAY ARRAY['connector_every_org', 'connector_jobs'] LOOP
        IF NOT pg_has_role('connector_api', name, 'MEMBER') THEN
            EXECUTE format('GRANT %I TO connector_api', name);
        END IF;
    END LOOP;
END
$$;

-- API servers read, and write what callers send.
GRANT SELECT ON
    connections,
    connection_liveness,
    connection_dispatchers,
    connection_tags,
    connection_search_words,
    connection_history,
    messages,
    message_transitions
    TO connector_api, connector_every_org;
GRANT SELECT ON ingest_progress, _sqlx_migrations TO connector_api;
GRANT INSERT, UPDATE ON messages, message_transitions TO connector_api;
-- Whoever acts for callers adds to the audit trail; nobody changes or removes what is in it.
GRANT SELECT, INSERT ON audit_entries TO connector_api, connector_jobs;
GRANT SELECT ON audit_entries TO connector_every_org;

-- Jobs move on the messages that others left.
GRANT SELECT, UPDATE ON messages, message_transitions TO connector_jobs;
GRANT INSERT ON message_transitions TO connector_jobs;

-- A block binds whoever has the device, so those who lay and enforce it see all; callers are shown their organisation's. None
-- is removed.
GRANT SELECT ON device_blocks TO connector_api, connector_ingest;
GRANT SELECT, INSERT, UPDATE ON device_blocks TO connector_jobs;

-- The Kafka consumer writes everything but the list of migrations; a rebuild does too.
GRANT SELECT, INSERT, UPDATE, DELETE ON
    connections,
    connection_liveness,
    connection_dispatchers,
    connection_tags,
    connection_search_words,
    connection_history,
    messages,
    message_transitions,
    ingest_progress
    TO connector_ingest;
GRANT SELECT ON _sqlx_migrations TO connector_ingest;

-- What of the tables that they were just given each role sees, besides the rows of an organisation that it names.
DO $$
DECLARE
    gate record;
BEGIN
    FOR gate IN
        SELECT 'of_' || shown.role AS policy, shown.role, shown.command, shown.what, c.oid::regclass AS walled
          FROM (VALUES ('connector_every_org', 'FOR SELECT', 'org_id IS NOT NULL'),
                       ('connector_jobs', '', 'true'),
                       ('connector_ingest', '', 'true')) AS shown (role, command, what)
          JOIN pg_class c ON c.relrowsecurity AND c.relnamespace = current_schema()::regnamespace
         WHERE has_table_privilege(shown.role, c.oid, 'SELECT')
           AND NOT EXISTS (SELECT 1 FROM pg_policy p WHERE p.polrelid = c.oid AND p.polname = 'of_' || shown.role)
    LOOP
        EXECUTE format('CREATE POLICY %I ON %s %s TO %I USING (%s)', gate.policy, gate.walled, gate.command, gate.role, gate.what);
    END LOOP;
END
$$;

COMMIT;
