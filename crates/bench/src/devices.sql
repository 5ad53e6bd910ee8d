-- Whole already: foreign keys need not be looked up row by row.
SET session_replication_role = replica;

-- 100,000 devices of one organisation, as the kafka consumer would have written them; one in five is offline.
CREATE TEMPORARY TABLE fleet AS
SELECT i,
       'bench-' || lpad(i::text, 6, '0') AS client_id,
       1790000000000000000 + i * 1000000::bigint AS at
  FROM generate_series(1, 100000) AS i;

INSERT INTO connections (
    client_id, tenant_status, org_id, account_number, state, reason, state_changed_at, first_seen_at, changed_at, version,
    client_name, client_name_lower, client_version, client_version_lower, fqdn, fqdn_lower, details
)
SELECT client_id, 'KNOWN', '10000', '111000', CASE WHEN i % 5 = 0 THEN 'OFFLINE' ELSE 'ONLINE' END, 'REPORTED', at, at, at, 1,
       'rhcd', 'rhcd', '1.' || i % 20, '1.' || i % 20, client_id || '.example.com', client_id || '.example.com',
       '{"facts":{"fqdn":"' || client_id || '.example.com"},"dispatchers":{"echo":{}},"tags":{"site":"north"},"client_name":"rhcd","client_version":"1.' || i % 20 || '"}'
  FROM fleet;

INSERT INTO connection_liveness SELECT client_id, '10000', at, at, 0, i, '[]' FROM fleet;
INSERT INTO connection_dispatchers SELECT client_id, 'echo', '10000' FROM fleet;
INSERT INTO connection_tags SELECT client_id, 'site', 'north', '10000' FROM fleet;

-- Two messages from each.
INSERT INTO messages (
    client_id, message_id, wire_message_id, org_id, direction, kind, directive, content, size_bytes, state, seq, created_at
)
SELECT client_id, md5(client_id || n)::uuid, 'wire ' || n, '10000', 'FROM_DEVICE', 'DATA', 'echo', '{"n":1}', 7, 'RESPONDED', 1,
       at + n
  FROM fleet, generate_series(1, 2) AS n;

ANALYZE;
