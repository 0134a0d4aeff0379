-- What is looked for, what was found, and what was done about it.
CREATE TABLE rules (
    id {serial},
    tenant TEXT NOT NULL REFERENCES tenants (id),
    builtin_key TEXT,
    name TEXT NOT NULL,
    description TEXT,
    severity BIGINT NOT NULL CHECK (severity BETWEEN 0 AND 4),
    enabled BOOLEAN NOT NULL,
    conditions {json} NOT NULL,
    create_incident BOOLEAN NOT NULL,
    window_minutes BIGINT NOT NULL,
    techniques {json} NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX rules_tenant_builtin_key ON rules (tenant, builtin_key);

-- which shipped rules a tenant was given: one that somebody deleted does not come back
CREATE TABLE rule_seeds (
    tenant TEXT NOT NULL,
    builtin_key TEXT NOT NULL,
    seeded_at BIGINT NOT NULL,
    CONSTRAINT rule_seeds_tenant_builtin_key PRIMARY KEY (tenant, builtin_key)
);

-- rule_id points nowhere on purpose: an alert outlives its rule
CREATE TABLE alerts (
    id {serial},
    tenant TEXT NOT NULL,
    title TEXT NOT NULL,
    description TEXT NOT NULL,
    source TEXT NOT NULL,
    category TEXT NOT NULL,
    severity BIGINT NOT NULL CHECK (severity BETWEEN 0 AND 4),
    status TEXT NOT NULL CHECK (status IN ('open', 'in_progress', 'closed')),
    url TEXT,
    sender TEXT,
    username TEXT,
    hostname TEXT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    assigned_to BIGINT REFERENCES users (id) ON DELETE SET NULL,
    conclusion TEXT,
    closed_at BIGINT,
    last_closed_at BIGINT,
    rule_id BIGINT,
    dedup_key TEXT,
    window_start BIGINT,
    window_end BIGINT,
    event_count BIGINT NOT NULL,
    last_event_id BIGINT NOT NULL,
    first_seen BIGINT NOT NULL,
    last_seen BIGINT NOT NULL,
    create_incident BOOLEAN NOT NULL,
    sample BOOLEAN NOT NULL,
    -- what a text search looks at, in lower case as Unicode has it: the databases' own lower() differ
    words TEXT NOT NULL
);
-- the same match within the same window is the same alert, however often it is reported
CREATE UNIQUE INDEX alerts_tenant_rule_id_dedup_key_window_start ON alerts (tenant, rule_id, dedup_key, window_start);
CREATE INDEX alerts_by_creation ON alerts (tenant, created_at, id);
CREATE INDEX alerts_by_update ON alerts (tenant, updated_at, id);
CREATE INDEX alerts_by_severity ON alerts (tenant, severity, created_at, id);
CREATE INDEX alerts_by_status ON alerts (tenant, status, severity, created_at, id);
CREATE INDEX alerts_by_assignee ON alerts (tenant, assigned_to, status);
CREATE INDEX alerts_by_rule ON alerts (tenant, rule_id, created_at);
CREATE INDEX alerts_by_closing ON alerts (tenant, closed_at);

CREATE TABLE alert_events (
    alert_id BIGINT NOT NULL REFERENCES alerts (id) ON DELETE CASCADE,
    event_id BIGINT NOT NULL,
    event_time BIGINT NOT NULL,
    CONSTRAINT alert_events_alert_id_event_id PRIMARY KEY (alert_id, event_id)
);

CREATE TABLE alert_actions (
    id {serial},
    tenant TEXT NOT NULL,
    alert_id BIGINT NOT NULL REFERENCES alerts (id) ON DELETE CASCADE,
    at BIGINT NOT NULL,
    user_id BIGINT,
    who TEXT NOT NULL,
    action TEXT NOT NULL,
    details {json} NOT NULL
);
CREATE INDEX alert_actions_by_alert ON alert_actions (alert_id, id);

CREATE TABLE saved_views (
    id {serial},
    tenant TEXT NOT NULL,
    page TEXT NOT NULL,
    name TEXT NOT NULL,
    query TEXT NOT NULL,
    shared BOOLEAN NOT NULL,
    owner_id BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX saved_views_owner_id_page_name ON saved_views (owner_id, page, name);
CREATE INDEX saved_views_by_page ON saved_views (tenant, page);
