-- The second wall behind the scope of every statement (docs/adr/0005-row-level-security.md). Whoever has rights on a table
-- sees and writes the rows of the organisation that the transaction named: set_config('connector.org', …, true). Who named
-- none sees nothing; the setting ends with the transaction, and may then read '' rather than NULL, which is none either.
-- Roles that see more have a policy of their own: the owner here, said aloud since FORCE binds owners too; the others in
-- roles/postgres.sql.
--
-- One equality and nothing else, since the planner knows it from the statement's own condition: it tests the setting once, and
-- the rows not at all. An alternative inside the policy (… OR …) would be tested for each row, and guessed at by the planner.
--
-- Binaries before this migration name no organisation: as connector_api they see nothing after it.

-- Builds the wall around a table that has a column org_id. Called by every migration that adds one.
CREATE PROCEDURE build_wall(walled regclass) LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', walled);
    EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', walled);
    EXECUTE format('CREATE POLICY by_org ON %s USING (org_id = current_setting(''connector.org'', true))', walled);
    EXECUTE format('CREATE POLICY of_owner ON %s TO %I USING (true)', walled, current_user);
END
$$;

CALL build_wall('connections');
CALL build_wall('connection_liveness');
CALL build_wall('connection_dispatchers');
CALL build_wall('connection_tags');
CALL build_wall('connection_search_words');
CALL build_wall('connection_history');
CALL build_wall('messages');
CALL build_wall('message_transitions');
