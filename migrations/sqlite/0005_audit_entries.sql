-- Who did what to which device, when. Rows are added and never changed; no payload is among them.
CREATE TABLE audit_entries (
    audit_id       TEXT PRIMARY KEY,
    occurred_at    INTEGER NOT NULL,
    -- the device's organisation where the caller could see the device, else the one it acted for
    org_id         TEXT,
    caller_name    TEXT NOT NULL,
    auth_method    TEXT NOT NULL,
    caller_org_id  TEXT,
    cross_tenant   INTEGER NOT NULL,
    request_id     TEXT NOT NULL,
    remote_address TEXT,
    operation      TEXT NOT NULL,
    client_id      TEXT,
    directive      TEXT,
    message_id     TEXT,
    outcome        TEXT NOT NULL,
    refusal        TEXT
) STRICT, WITHOUT ROWID;

CREATE INDEX audit_entries_by_org ON audit_entries (org_id, occurred_at, audit_id);
CREATE INDEX audit_entries_of_all ON audit_entries (occurred_at, audit_id);
CREATE INDEX audit_entries_by_device ON audit_entries (client_id, occurred_at, audit_id) WHERE client_id IS NOT NULL;
CREATE INDEX audit_entries_by_caller ON audit_entries (caller_name, org_id, occurred_at, audit_id);
