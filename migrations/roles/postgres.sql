-- The roles of the platform's processes. Run by the tables' owner in the database, after migrating and again after each
-- migration; it may be run any number of times. Needs CREATEROLE the first time, or somebody who has it makes the two
-- roles. Each process logs in as a role of its own that is given one of these:
--
--     CREATE ROLE api_server LOGIN PASSWORD '…' IN ROLE connector_api;
--     CREATE ROLE kafka_consumer LOGIN PASSWORD '…' IN ROLE connector_ingest;
--
-- Neither owns a table, so neither can change one, and row-level security binds both.

DO $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'connector_api') THEN
        CREATE ROLE connector_api NOLOGIN NOSUPERUSER NOBYPASSRLS;
    END IF;
    IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'connector_ingest') THEN
        CREATE ROLE connector_ingest NOLOGIN NOSUPERUSER NOBYPASSRLS;
    END IF;
END
$$;

-- API servers and jobs read, and write what callers send.
GRANT SELECT ON
    connections,
    connection_liveness,
    connection_dispatchers,
    connection_tags,
    connection_search_words,
    connection_history,
    messages,
    message_transitions,
    ingest_progress,
    _sqlx_migrations
    TO connector_api;
GRANT INSERT, UPDATE ON messages, message_transitions TO connector_api;

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
