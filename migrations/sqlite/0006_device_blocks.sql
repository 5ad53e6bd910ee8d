-- From when until when a client id was shut out. A row is closed, never removed: what devices said is judged by when it was
-- received. The rows bind every organisation, so whoever enforces them reads all; who is shown one goes by org_id.
CREATE TABLE device_blocks (
    client_id  TEXT    NOT NULL,
    blocked_at INTEGER NOT NULL,
    -- of the device when it was blocked
    org_id     TEXT,
    blocked_by TEXT    NOT NULL,
    reason     TEXT    NOT NULL,
    lifted_at  INTEGER,
    PRIMARY KEY (client_id, blocked_at)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX device_blocks_one_holds ON device_blocks (client_id) WHERE lifted_at IS NULL;
CREATE INDEX device_blocks_by_org ON device_blocks (org_id, client_id);

-- Why a device was blocked.
ALTER TABLE audit_entries ADD COLUMN reason TEXT;
