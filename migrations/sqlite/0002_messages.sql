-- A message to or from a device. Ids are unique per device; towards devices also per organisation.
CREATE TABLE messages (
    client_id          TEXT    NOT NULL,
    message_id         TEXT    NOT NULL,
    -- the device's own id; NULL towards a device, empty where it sent none
    wire_message_id    TEXT,
    org_id             TEXT,
    direction          TEXT    NOT NULL,
    kind               TEXT    NOT NULL,
    directive          TEXT,
    command            TEXT,
    content            TEXT,
    metadata           TEXT,
    size_bytes         INTEGER NOT NULL,
    state              TEXT    NOT NULL,
    -- number of the newest transition
    seq                INTEGER NOT NULL,
    failure_code       TEXT,
    failure_message    TEXT,
    sent_by            TEXT,
    created_at         INTEGER NOT NULL,
    device_sent        TEXT,
    expires_at         INTEGER,
    redelivered        INTEGER NOT NULL DEFAULT 0,
    response_to        TEXT,
    -- towards a device: digest of the request, and until when its sender alone may publish it
    request_hash       TEXT,
    lease_until        INTEGER,
    -- from a device: where its record was; its stamp is created_at
    position_partition INTEGER,
    position_offset    INTEGER,
    PRIMARY KEY (client_id, message_id),
    CONSTRAINT messages_direction_exists CHECK (direction IN ('TO_DEVICE', 'FROM_DEVICE')),
    CONSTRAINT messages_to_devices_have_org_and_lease
        CHECK (direction <> 'TO_DEVICE' OR (org_id IS NOT NULL AND request_hash IS NOT NULL AND lease_until IS NOT NULL))
) STRICT;

CREATE UNIQUE INDEX messages_by_org_and_id ON messages (org_id, message_id) WHERE direction = 'TO_DEVICE';
CREATE UNIQUE INDEX messages_by_wire_id ON messages (client_id, wire_message_id)
    WHERE direction = 'FROM_DEVICE' AND wire_message_id <> '';
CREATE UNIQUE INDEX messages_by_stamp ON messages (client_id, created_at) WHERE direction = 'FROM_DEVICE';
CREATE INDEX messages_by_org ON messages (org_id, created_at, message_id, client_id);
CREATE INDEX messages_by_sender ON messages (org_id, sent_by, created_at, message_id, client_id) WHERE sent_by IS NOT NULL;
CREATE INDEX messages_by_device ON messages (client_id, org_id, created_at, message_id);
CREATE INDEX messages_by_id ON messages (message_id);
CREATE INDEX messages_by_response_to ON messages (client_id, response_to, org_id, created_at, message_id)
    WHERE response_to IS NOT NULL;
CREATE INDEX messages_by_lease ON messages (lease_until) WHERE state = 'QUEUED';

-- A step of a message.
CREATE TABLE message_transitions (
    client_id  TEXT    NOT NULL,
    message_id TEXT    NOT NULL,
    seq        INTEGER NOT NULL,
    from_state TEXT,
    to_state   TEXT    NOT NULL,
    at         INTEGER NOT NULL,
    detail     TEXT,
    published  INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (client_id, message_id, seq),
    FOREIGN KEY (client_id, message_id) REFERENCES messages (client_id, message_id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE INDEX message_transitions_by_unpublished ON message_transitions (at) WHERE published = 0;
