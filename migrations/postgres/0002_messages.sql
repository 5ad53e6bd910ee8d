-- A message to or from a device. Ids are unique per device; towards devices also per organisation.
CREATE TABLE messages (
    client_id          text COLLATE "C" NOT NULL,
    message_id         uuid NOT NULL,
    -- the device's own id; NULL towards a device, empty where it sent none
    wire_message_id    text COLLATE "C",
    org_id             text COLLATE "C",
    direction          text COLLATE "C" NOT NULL,
    kind               text COLLATE "C" NOT NULL,
    directive          text COLLATE "C",
    command            text COLLATE "C",
    -- JSON as received: text, since jsonb takes no \u0000 and rounds no number back
    content            text,
    metadata           text,
    size_bytes         integer NOT NULL,
    state              text COLLATE "C" NOT NULL,
    -- number of the newest transition
    seq                bigint NOT NULL,
    failure_code       text COLLATE "C",
    failure_message    text,
    sent_by            text COLLATE "C",
    created_at         bigint NOT NULL,
    device_sent        text,
    expires_at         bigint,
    redelivered        boolean NOT NULL DEFAULT false,
    response_to        uuid,
    -- towards a device: digest of the request, and until when its sender alone may publish it
    request_hash       text COLLATE "C",
    lease_until        bigint,
    -- from a device: where its record was; its stamp is created_at
    position_partition integer,
    position_offset    bigint,
    PRIMARY KEY (client_id, message_id),
    CONSTRAINT messages_direction_exists CHECK (direction IN ('TO_DEVICE', 'FROM_DEVICE')),
    CONSTRAINT messages_to_devices_have_org_and_lease
        CHECK (direction <> 'TO_DEVICE' OR (org_id IS NOT NULL AND request_hash IS NOT NULL AND lease_until IS NOT NULL))
);

CREATE UNIQUE INDEX messages_by_org_and_id ON messages (org_id, message_id) WHERE direction = 'TO_DEVICE';
CREATE UNIQUE INDEX messages_by_wire_id ON messages (client_id, wire_message_id)
    WHERE direction = 'FROM_DEVICE' AND wire_message_id <> '';
CREATE UNIQUE INDEX messages_by_stamp ON messages (client_id, created_at) WHERE direction = 'FROM_DEVICE';
CREATE INDEX messages_by_org ON messages (org_id, created_at, message_id, client_id);
CREATE INDEX messages_by_state ON messages (org_id, state, created_at, message_id, client_id);
CREATE INDEX messages_by_sender ON messages (sent_by, org_id, created_at, message_id, client_id)
    WHERE sent_by IS NOT NULL;
CREATE INDEX messages_of_all ON messages (created_at, message_id, client_id);
-- A device rarely changes its organisation, so one index serves every scope.
CREATE INDEX messages_by_device ON messages (client_id, created_at, message_id);
CREATE INDEX messages_by_id ON messages (message_id);
CREATE INDEX messages_by_response_to ON messages (response_to, client_id, created_at, message_id)
    WHERE response_to IS NOT NULL;
CREATE INDEX messages_by_lease ON messages (lease_until, created_at, message_id, client_id) WHERE state = 'QUEUED';

-- A step of a message.
CREATE TABLE message_transitions (
    client_id  text COLLATE "C" NOT NULL,
    message_id uuid NOT NULL,
    seq        bigint NOT NULL,
    -- of the message, for row-level security
    org_id     text COLLATE "C",
    from_state text COLLATE "C",
    to_state   text COLLATE "C" NOT NULL,
    at         bigint NOT NULL,
    detail     text,
    published  boolean NOT NULL DEFAULT false,
    PRIMARY KEY (client_id, message_id, seq),
    FOREIGN KEY (client_id, message_id) REFERENCES messages (client_id, message_id) ON DELETE CASCADE
);

CREATE INDEX message_transitions_by_unpublished ON message_transitions (at, client_id, message_id, seq)
    WHERE NOT published;
