-- Whole already: foreign keys need not be looked up row by row.
SET session_replication_role = replica;

-- So many times 60,000 devices: half of them of one organisation, a tenth of another, the rest of small ones, 100 for each
-- 60,000. What few have, only so many have, however large the fleet: names beyond the first 60,000 are others.
CREATE TEMPORARY TABLE fleet AS
SELECT i,
       'host-' || lpad(i::text, 7, '0') AS client_id,
       CASE WHEN i % 2 = 0 THEN 'large' WHEN i % 10 = 1 THEN 'medium' ELSE 'org-' || i % 200 || more END AS org_id,
       1790000000000000000 + i * 1000000000::bigint AS at,
       more,
       more = '' AS first
  FROM generate_series(1, 60000 * @TIMES@) AS i,
       LATERAL (SELECT CASE WHEN i <= 60000 THEN '' ELSE '-' || i / 60000 END) AS names (more);

INSERT INTO connections
SELECT client_id,
       'KNOWN',
       org_id,
       'account-' || org_id,
       CASE WHEN i % 3 = 0 THEN 'OFFLINE' ELSE 'ONLINE' END,
       'REPORTED',
       at,
       at,
       at,
       3,
       CASE WHEN i % 3000 = 7 AND first THEN 'Yggdrasil' ELSE 'rhcd' END,
       CASE WHEN i % 3000 = 7 AND first THEN 'yggdrasil' ELSE 'rhcd' END,
       '3.' || i % 201 || '.RC' || more,
       '3.' || i % 201 || '.rc' || more,
       CASE WHEN i % 7 <> 6 THEN 'Node' || i || '.example.com' END,
       CASE WHEN i % 7 <> 6 THEN 'node' || i || '.example.com' END,
       md5('insights ' || i)::uuid,
       md5('subscription ' || i)::uuid,
       CASE
           WHEN i % 7 <> 6 THEN '{"facts":{"fqdn":"Node' || i || '.example.com"},"dispatchers":{},"tags":{}}'
           ELSE '{"facts":null,"dispatchers":{},"tags":{}}'
       END,
       i % 5000 = 0 AND first
  FROM fleet;

INSERT INTO connection_liveness SELECT client_id, org_id, at + i % 977, at, 0, i, '[]' FROM fleet;

INSERT INTO connection_dispatchers
SELECT client_id, name, org_id
  FROM fleet, unnest(ARRAY['echo', 'package-manager', 'worker-' || i % 500 || more]) AS name;

INSERT INTO connection_tags
SELECT client_id, key, value, org_id
  FROM fleet, unnest(ARRAY['env', 'rack'], ARRAY['env-' || i % 2, 'rack-' || i % 900 || more]) AS tag (key, value);

INSERT INTO connection_search_words
SELECT client_id, word, org_id
  FROM fleet, unnest(ARRAY[client_id, 'node' || i, 'node' || i || '.example.com', '10.0.' || i % 250 || '.' || i % 199 || more]) AS word;

INSERT INTO connection_history
SELECT client_id, version, 'STATE', org_id, 'ONLINE', 'OFFLINE', 'REPORTED', at + version, at + version, 0, i, NULL, true
  FROM fleet, generate_series(1, 3) AS version;

-- Two messages to each device, each answered.
INSERT INTO messages (
    client_id, message_id, wire_message_id, org_id, direction, kind, directive, content, size_bytes, state, seq, sent_by,
    created_at, response_to, request_hash, lease_until
)
SELECT client_id, md5('to ' || i || ' ' || n)::uuid, NULL, org_id, 'TO_DEVICE', 'DATA', 'echo', '{}', 2,
       CASE WHEN i % 6000 = 0 AND first THEN 'QUEUED' WHEN i % 1000 = 0 AND first THEN 'FAILED' ELSE 'RESPONDED' END, 2,
       'service-' || i % 300 || more, at + n, NULL, 'hash', at + n
  FROM fleet, generate_series(1, 2) AS n
UNION ALL
SELECT client_id, md5('from ' || i || ' ' || n)::uuid, 'wire ' || n, org_id, 'FROM_DEVICE', 'DATA', 'echo', '{}', 2,
       'RESPONDED', 1, NULL, at + 10 + n, md5('to ' || i || ' ' || n)::uuid, NULL, NULL
  FROM fleet, generate_series(1, 2) AS n;

INSERT INTO message_transitions
SELECT client_id, message_id, 1, org_id, NULL, 'QUEUED', created_at, NULL, state <> 'QUEUED'
  FROM messages;

-- Each message to a device was asked for, and so was one that was refused.
INSERT INTO audit_entries (
    audit_id, occurred_at, org_id, caller_name, auth_method, caller_org_id, cross_tenant, request_id, operation, client_id,
    directive, message_id, outcome, refusal
)
SELECT md5('asked ' || i || ' ' || n)::uuid, at + n, org_id, 'service-' || i % 300 || more, 'PRE_SHARED_KEY', org_id, false,
       'request ' || i, 'SEND_MESSAGE', client_id, 'echo', md5('to ' || i || ' ' || n)::uuid,
       CASE WHEN n = 3 THEN 'REFUSED' ELSE 'ACCEPTED' END, CASE WHEN n = 3 THEN 'CLIENT_OFFLINE' END
  FROM fleet, generate_series(1, 3) AS n;
