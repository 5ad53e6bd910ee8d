-- A device. Written only when something that anybody can see changed.
CREATE TABLE connections (
    client_id                 text COLLATE "C" NOT NULL PRIMARY KEY,
    tenant_status             text COLLATE "C" NOT NULL,
    org_id                    text COLLATE "C",
    account_number            text COLLATE "C",
    state                     text COLLATE "C" NOT NULL,
    reason                    text COLLATE "C" NOT NULL,
    state_changed_at          bigint NOT NULL,
    first_seen_at             bigint NOT NULL,
    -- when the newest version was made
    changed_at                bigint NOT NULL,
    version                   bigint NOT NULL,
    client_name               text COLLATE "C",
    client_name_lower         text COLLATE "C",
    client_version            text COLLATE "C",
    client_version_lower      text COLLATE "C",
    fqdn                      text COLLATE "C",
    fqdn_lower                text COLLATE "C",
    insights_id               uuid,
    subscription_manager_id   uuid,
    -- JSON of all that the last online message said; NULL while it has only been offline
    details                   text,
    shared_identity_suspected boolean NOT NULL DEFAULT false,
    CONSTRAINT connections_tenant_is_known_with_org
        CHECK (tenant_status IN ('KNOWN', 'PENDING', 'NONE') AND (tenant_status = 'KNOWN') = (org_id IS NOT NULL)),
    CONSTRAINT connections_state_exists CHECK (state IN ('ONLINE', 'OFFLINE'))
);

-- One organisation's lists, in each order.
CREATE INDEX connections_by_org ON connections (org_id, client_id);
CREATE INDEX connections_by_state ON connections (org_id, state, client_id);
CREATE INDEX connections_by_state_changed_at ON connections (org_id, state_changed_at, client_id);
CREATE INDEX connections_by_fqdn ON connections (org_id, fqdn_lower, client_id);
CREATE INDEX connections_by_changed_at ON connections (org_id, changed_at, client_id);
-- Every organisation's, for callers who see all.
CREATE INDEX connections_of_all_by_state_changed_at ON connections (state_changed_at, client_id);
CREATE INDEX connections_of_all_by_fqdn ON connections (fqdn_lower, client_id);
-- Equality on both leading columns serves one organisation, on the first alone every one.
CREATE INDEX connections_by_client_version ON connections (client_version_lower, org_id, client_id);
CREATE INDEX connections_by_account_number ON connections (account_number, changed_at, client_id)
    WHERE account_number IS NOT NULL;
CREATE INDEX connections_by_insights_id ON connections (insights_id) WHERE insights_id IS NOT NULL;
CREATE INDEX connections_by_subscription_manager_id ON connections (subscription_manager_id)
    WHERE subscription_manager_id IS NOT NULL;
CREATE INDEX connections_by_shared_identity ON connections (org_id, client_id) WHERE shared_identity_suspected;

-- What every record of a device moves, kept apart so that the wide row and its indexes are left alone. The order by
-- last_seen_at needs indexes on what moves, so an update that moves it is never HOT: it writes the row and three short
-- index entries rather than the wide row and twelve. One that moves the position only stays on its page (fillfactor)
-- and is HOT. Dead rows come at the rate of messages, hence the early vacuum.
CREATE TABLE connection_liveness (
    client_id          text COLLATE "C" NOT NULL PRIMARY KEY REFERENCES connections ON DELETE CASCADE,
    -- of the connection, for its lists and for row-level security
    org_id             text COLLATE "C",
    last_seen_at       bigint NOT NULL,
    position_stamp     bigint NOT NULL,
    position_partition integer NOT NULL,
    position_offset    bigint NOT NULL,
    -- JSON list of the newest online messages' ids, oldest first
    recent_ids         text NOT NULL
) WITH (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.05);

CREATE INDEX connection_liveness_by_last_seen_at ON connection_liveness (org_id, last_seen_at, client_id);
CREATE INDEX connection_liveness_of_all_by_last_seen_at ON connection_liveness (last_seen_at, client_id);

CREATE TABLE connection_dispatchers (
    client_id text COLLATE "C" NOT NULL REFERENCES connections ON DELETE CASCADE,
    name      text COLLATE "C" NOT NULL,
    org_id    text COLLATE "C",
    PRIMARY KEY (client_id, name)
);

CREATE INDEX connection_dispatchers_by_name ON connection_dispatchers (name, org_id, client_id);

CREATE TABLE connection_tags (
    client_id text COLLATE "C" NOT NULL REFERENCES connections ON DELETE CASCADE,
    key       text COLLATE "C" NOT NULL,
    value     text COLLATE "C" NOT NULL,
    org_id    text COLLATE "C",
    PRIMARY KEY (client_id, key)
);

CREATE INDEX connection_tags_by_key ON connection_tags (key, value, org_id, client_id);

CREATE TABLE connection_search_words (
    client_id text COLLATE "C" NOT NULL REFERENCES connections ON DELETE CASCADE,
    word      text COLLATE "C" NOT NULL,
    org_id    text COLLATE "C",
    PRIMARY KEY (client_id, word)
);

CREATE INDEX connection_search_words_by_word ON connection_search_words (org_id, word, client_id);
CREATE INDEX connection_search_words_of_all_by_word ON connection_search_words (word, client_id);

-- A change of a device, under the organisation it happened under. Outlives the device's row.
CREATE TABLE connection_history (
    client_id          text COLLATE "C" NOT NULL,
    version            bigint NOT NULL,
    kind               text COLLATE "C" NOT NULL,
    org_id             text COLLATE "C",
    state              text COLLATE "C" NOT NULL,
    previous_state     text COLLATE "C",
    reason             text COLLATE "C" NOT NULL,
    occurred_at        bigint NOT NULL,
    position_stamp     bigint NOT NULL,
    position_partition integer NOT NULL,
    position_offset    bigint NOT NULL,
    -- JSON of the whole change until it is told, then NULL
    event              text,
    published          boolean NOT NULL DEFAULT false,
    PRIMARY KEY (client_id, version),
    CONSTRAINT connection_history_keeps_what_is_untold CHECK (published OR event IS NOT NULL)
);

CREATE INDEX connection_history_by_unpublished ON connection_history (client_id, version) WHERE NOT published;
