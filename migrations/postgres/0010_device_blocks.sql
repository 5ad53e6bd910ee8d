-- From when until when a client id was shut out. A row is closed, never removed: what devices said is judged by when it was
-- received. The rows bind whoever has the device, so those who lay and enforce them see all (roles/postgres.sql); callers are
-- shown those of their organisation.
CREATE TABLE device_blocks (
    client_id  text COLLATE "C" NOT NULL,
    blocked_at bigint NOT NULL,
    -- of the device when it was blocked
    org_id     text COLLATE "C",
    blocked_by text COLLATE "C" NOT NULL,
    reason     text NOT NULL,
    lifted_at  bigint,
    PRIMARY KEY (client_id, blocked_at)
);

CREATE UNIQUE INDEX device_blocks_one_holds ON device_blocks (client_id) WHERE lifted_at IS NULL;
CREATE INDEX device_blocks_by_org ON device_blocks (org_id, client_id);

CALL build_wall('device_blocks');

-- Why a device was blocked.
ALTER TABLE audit_entries ADD COLUMN reason text;
