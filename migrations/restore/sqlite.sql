-- For a database that was restored from a backup: once, before `cloud-connector rebuild`, with nothing else running.
PRAGMA foreign_keys = ON;
BEGIN IMMEDIATE;

-- Kafka knows connections better than the backup; their side tables go with them.
DELETE FROM connections;
DELETE FROM ingest_progress;

-- What had not been told when the backup was made has been since.
UPDATE connection_history SET published = 1, event = NULL WHERE published = 0;

-- What waited to be sent may have been sent since: it must not be sent again.
INSERT INTO message_transitions (client_id, message_id, seq, from_state, to_state, at, detail)
SELECT client_id,
       message_id,
       seq + 1,
       'QUEUED',
       'UNCONFIRMED',
       CAST(strftime('%s', 'now') AS INTEGER) * 1000000000,
       'restored from a backup'
  FROM messages
 WHERE state = 'QUEUED';
UPDATE messages SET state = 'UNCONFIRMED', seq = seq + 1 WHERE state = 'QUEUED';

COMMIT;
