-- who sends: a network sensor, an agent, the API; sample data is a source of its own
CREATE TABLE ingest_sources (
    id {serial},
    tenant TEXT NOT NULL,
    source TEXT NOT NULL,
    kind TEXT NOT NULL,
    sample BOOLEAN NOT NULL,
    first_seen_at BIGINT NOT NULL,
    last_seen_at BIGINT NOT NULL,
    -- the silence that an alert was raised for: last_seen_at as it was then
    silence_told BIGINT
);
CREATE UNIQUE INDEX ingest_sources_tenant_source_kind_sample ON ingest_sources (tenant, source, kind, sample);

-- what became of each record, by the minute in which that was decided. What was received is stored + rejected + refused;
-- a batch that was known already is in none of them
CREATE TABLE ingest_ledger (
    source_id BIGINT NOT NULL REFERENCES ingest_sources (id) ON DELETE CASCADE,
    minute BIGINT NOT NULL,
    stored BIGINT NOT NULL,
    rejected BIGINT NOT NULL,
    refused BIGINT NOT NULL,
    repeated BIGINT NOT NULL,
    bytes BIGINT NOT NULL,
    last_event_at BIGINT,
    CONSTRAINT ingest_ledger_source_id_minute PRIMARY KEY (source_id, minute)
);
CREATE INDEX ingest_ledger_by_minute ON ingest_ledger (minute);
