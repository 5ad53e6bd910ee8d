-- A device. Written only when something that anybody can see changed.
CREATE TABLE connections (
    client_id                 TEXT    NOT NULL PRIMARY KEY,
    tenant_status             TEXT    NOT NULL,
    org_id                    TEXT,
    account_number            TEXT,
    state                     TEXT    NOT NULL,
    reason                    TEXT    NOT NULL,
    state_changed_at          INTEGER NOT NULL,
    first_seen_at             INTEGER NOT NULL,
    -- when the newest version was made
    changed_at                INTEGER NOT NULL,
    version                   INTEGER NOT NULL,
    client_name               TEXT,
    client_name_lower         TEXT,
    client_version            TEXT,
    client_version_lower      TEXT,
    fqdn                      TEXT,
    fqdn_lower                TEXT,
    insights_id               TEXT,
    subscription_manager_id   TEXT,
    -- JSON of all that the last online message said; NULL while it has only been offline
    details                   TEXT,
    shared_identity_suspected INTEGER NOT NULL DEFAULT 0,
    CONSTRAINT connections_tenant_is_known_with_org
        CHECK (tenant_status IN ('KNOWN', 'PENDING', 'NONE') AND (tenant_status = 'KNOWN') = (org_id IS NOT NULL)),
    CONSTRAINT connections_state_exists CHECK (state IN ('ONLINE', 'OFFLINE'))
) STRICT;

CREATE INDEX connections_by_org ON connections (org_id, client_id);
CREATE INDEX connections_by_state ON connections (org_id, state, client_id);
CREATE INDEX connections_by_state_changed_at ON connections (org_id, state_changed_at, client_id);
CREATE INDEX connections_by_changed_at ON connections (org_id, changed_at, client_id);
CREATE INDEX connections_by_fqdn ON connections (org_id, fqdn_lower, client_id);
CREATE INDEX connections_by_client_version ON connections (org_id, client_version);
CREATE INDEX connections_by_account_number ON connections (account_number) WHERE account_number IS NOT NULL;
CREATE INDEX connections_by_insights_id ON connections (insights_id) WHERE insights_id IS NOT NULL;
CREATE INDEX connections_by_subscription_manager_id ON connections (subscription_manager_id)
    WHERE subscription_manager_id IS NOT NULL;

-- What every record of a device moves, kept apart so that the wide row and its indexes are left alone.
CREATE TABLE connection_liveness (
    client_id          TEXT    NOT NULL PRIMARY KEY REFERENCES connections ON DELETE CASCADE,
    last_seen_at       INTEGER NOT NULL,
    position_stamp     INTEGER NOT NULL,
    position_partition INTEGER NOT NULL,
    position_offset    INTEGER NOT NULL,
    -- JSON list of the newest online messages' ids, oldest first
    recent_ids         TEXT    NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX connection_liveness_by_last_seen_at ON connection_liveness (last_seen_at, client_id);

CREATE TABLE connection_dispatchers (
    client_id TEXT NOT NULL REFERENCES connections ON DELETE CASCADE,
    name      TEXT NOT NULL,
    PRIMARY KEY (client_id, name)
) STRICT, WITHOUT ROWID;

CREATE INDEX connection_dispatchers_by_name ON connection_dispatchers (name, client_id);

CREATE TABLE connection_tags (
    client_id TEXT NOT NULL REFERENCES connections ON DELETE CASCADE,
    key       TEXT NOT NULL,
    value     TEXT NOT NULL,
    PRIMARY KEY (client_id, key)
) STRICT, WITHOUT ROWID;

CREATE INDEX connection_tags_by_key ON connection_tags (key, value, client_id);

CREATE TABLE connection_search_words (
    client_id TEXT NOT NULL REFERENCES connections ON DELETE CASCADE,
    word      TEXT NOT NULL,
    PRIMARY KEY (client_id, word)
) STRICT, WITHOUT ROWID;

CREATE INDEX connection_search_words_by_word ON connection_search_words (word, client_id);

-- A change of a device, under the organisation it happened under. Outlives the device's row.
CREATE TABLE connection_history (
    client_id          TEXT    NOT NULL,
    version            INTEGER NOT NULL,
    kind               TEXT    NOT NULL,
    org_id             TEXT,
    state              TEXT    NOT NULL,
    previous_state     TEXT,
    reason             TEXT    NOT NULL,
    occurred_at        INTEGER NOT NULL,
    position_stamp     INTEGER NOT NULL,
    position_partition INTEGER NOT NULL,
    position_offset    INTEGER NOT NULL,
    -- JSON of the whole change until it is told, then NULL
    event              TEXT,
    published          INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (client_id, version),
    CONSTRAINT connection_history_keeps_what_is_untold CHECK (published = 1 OR event IS NOT NULL)
) STRICT;

CREATE INDEX connection_history_by_unpublished ON connection_history (client_id, version) WHERE published = 0;
