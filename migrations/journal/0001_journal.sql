-- The journal: what was acknowledged and is not yet in a part of the lake; and what must become durable in the same commit.
CREATE TABLE journal_blocks (
    seq BIGINT NOT NULL PRIMARY KEY,
    first_id BIGINT NOT NULL,
    events BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    raw_bytes BIGINT NOT NULL,
    stored_bytes BIGINT NOT NULL,
    data {bytes} NOT NULL
);

CREATE TABLE journal_counters (
    id TEXT NOT NULL PRIMARY KEY,
    value BIGINT NOT NULL
);
INSERT INTO journal_counters (id, value) VALUES ('next_seq', 1), ('next_event_id', 1);

-- the answer to a batch, so that a retry gets it again instead of storing twice
CREATE TABLE ingest_batches (
    tenant TEXT NOT NULL,
    batch_key TEXT NOT NULL,
    response {json} NOT NULL,
    created_at BIGINT NOT NULL,
    CONSTRAINT ingest_batches_tenant_batch_key PRIMARY KEY (tenant, batch_key)
);
CREATE INDEX ingest_batches_by_age ON ingest_batches (created_at);

CREATE TABLE dead_letters (
    id {serial},
    tenant TEXT NOT NULL,
    received_at BIGINT NOT NULL,
    source TEXT NOT NULL,
    sensor TEXT,
    batch_index BIGINT NOT NULL,
    reason TEXT NOT NULL,
    pointer TEXT NOT NULL,
    hint TEXT NOT NULL,
    raw TEXT NOT NULL,
    replays BIGINT NOT NULL
);
CREATE INDEX dead_letters_by_tenant ON dead_letters (tenant, id);

CREATE TABLE lake_parts (
    id TEXT NOT NULL,
    tenant TEXT NOT NULL,
    dataset TEXT NOT NULL,
    day TEXT NOT NULL,
    path TEXT NOT NULL,
    meta {json} NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('active', 'removed', 'quarantined')),
    created_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    CONSTRAINT lake_parts_id PRIMARY KEY (id)
);
