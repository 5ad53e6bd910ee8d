-- Who did what to which device, when. Rows are added and never changed; no payload is among them.
CREATE TABLE audit_entries (
    audit_id       uuid PRIMARY KEY,
    occurred_at    bigint NOT NULL,
    -- the device's organisation where the caller could see the device, else the one it acted for
    org_id         text COLLATE "C",
    caller_name    text COLLATE "C" NOT NULL,
    auth_method    text COLLATE "C" NOT NULL,
    caller_org_id  text COLLATE "C",
    cross_tenant   boolean NOT NULL,
    request_id     text COLLATE "C" NOT NULL,
    remote_address text COLLATE "C",
    operation      text COLLATE "C" NOT NULL,
    client_id      text COLLATE "C",
    directive      text COLLATE "C",
    message_id     uuid,
    outcome        text COLLATE "C" NOT NULL,
    refusal        text COLLATE "C"
);

CREATE INDEX audit_entries_by_org ON audit_entries (org_id, occurred_at, audit_id);
CREATE INDEX audit_entries_of_all ON audit_entries (occurred_at, audit_id);
-- A device rarely changes its organisation, so one index serves every scope.
CREATE INDEX audit_entries_by_device ON audit_entries (client_id, occurred_at, audit_id) WHERE client_id IS NOT NULL;
CREATE INDEX audit_entries_by_caller ON audit_entries (caller_name, org_id, occurred_at, audit_id);

CALL build_wall('audit_entries');
