-- For a database that was restored from a backup: once, as its owner, before `cloud-connector rebuild`, with nothing else
-- running.
\set ON_ERROR_STOP on
BEGIN;

-- Kafka knows connections better than the backup; their side tables go with them.
TRUNCATE connections CASCADE;
TRUNCATE ingest_progress;

-- What had not been told when the backup was made has been since.
UPDATE connection_history SET published = true, event = NULL WHERE NOT published;

-- What waited to be sent may have been sent since: it must not be sent again.
INSERT INTO message_transitions (client_id, message_id, seq, org_id, from_state, to_state, at, detail)
SELECT client_id,
       message_id,
       seq + 1,
       org_id,
       'QUEUED',
       'UNCONFIRMED',
       extract(epoch FROM date_trunc('second', now()))::bigint * 1000000000,
       'restored from a backup'
  FROM messages
 WHERE state = 'QUEUED';
UPDATE messages SET state = 'UNCONFIRMED', seq = seq + 1 WHERE state = 'QUEUED';

COMMIT;
