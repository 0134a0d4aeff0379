-- The audit trail: rows are only ever added, each sealed by the hash of the one before. How the hash is made: crates/store/src/audit/chain.rs.
CREATE TABLE audit (
    tenant TEXT NOT NULL,
    seq BIGINT NOT NULL,
    at BIGINT NOT NULL,
    user_id BIGINT,
    actor TEXT NOT NULL,
    ip TEXT NOT NULL,
    request_id TEXT NOT NULL,
    action TEXT NOT NULL,
    target_type TEXT NOT NULL,
    target_id TEXT NOT NULL,
    state_before {json},
    state_after {json},
    prev_hash TEXT NOT NULL,
    hash TEXT NOT NULL,
    words TEXT NOT NULL,
    CONSTRAINT audit_tenant_seq PRIMARY KEY (tenant, seq)
);
CREATE INDEX audit_by_target ON audit (tenant, target_type, target_id, seq);
CREATE INDEX audit_by_action ON audit (tenant, action, seq);

-- the newest row of each chain: what shows that rows were cut off its end
CREATE TABLE audit_heads (
    tenant TEXT NOT NULL PRIMARY KEY,
    seq BIGINT NOT NULL,
    hash TEXT NOT NULL
);
