-- no-transaction
-- Equality on both leading columns serves one organisation, on the first alone every one, as for versions.
CREATE INDEX CONCURRENTLY connections_by_client_name ON connections (client_name_lower, org_id, client_id);
