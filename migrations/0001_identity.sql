-- Who belongs to whom: tenants, people, their sessions, agents; and the program's own settings.
CREATE TABLE tenants (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE TABLE users (
    id {serial},
    tenant TEXT NOT NULL REFERENCES tenants (id),
    email TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    full_name TEXT NOT NULL,
    role TEXT NOT NULL CHECK (role IN ('admin', 'team_lead', 'senior_analyst', 'analyst')),
    avatar_url TEXT,
    team TEXT,
    manager TEXT,
    computer TEXT,
    mobile_phone TEXT,
    timezone TEXT NOT NULL,
    is_active BOOLEAN NOT NULL,
    must_change_password BOOLEAN NOT NULL,
    last_login_at BIGINT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
-- one address signs in to one account, whatever the tenant
CREATE UNIQUE INDEX users_email ON users (email);
CREATE INDEX users_by_tenant ON users (tenant, role);

-- browser sessions and the ids of JSON tokens alike: without its row neither is worth anything
CREATE TABLE sessions (
    id_hash TEXT NOT NULL,
    tenant TEXT NOT NULL,
    user_id BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    kind TEXT NOT NULL CHECK (kind IN ('browser', 'token')),
    created_at BIGINT NOT NULL,
    last_seen_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    ip TEXT NOT NULL,
    user_agent TEXT NOT NULL,
    CONSTRAINT sessions_id_hash PRIMARY KEY (id_hash)
);
CREATE INDEX sessions_by_user ON sessions (user_id);
CREATE INDEX sessions_by_expiry ON sessions (expires_at);

CREATE TABLE login_throttle (
    id TEXT NOT NULL PRIMARY KEY,
    failures BIGINT NOT NULL,
    last_at BIGINT NOT NULL
);

CREATE TABLE agents (
    id {serial},
    tenant TEXT NOT NULL REFERENCES tenants (id),
    name TEXT NOT NULL,
    hostname TEXT NOT NULL,
    key_hash TEXT NOT NULL,
    os TEXT NOT NULL,
    ip_address TEXT NOT NULL,
    version TEXT,
    tags {json} NOT NULL,
    status TEXT NOT NULL,
    last_heartbeat BIGINT,
    last_seen BIGINT,
    last_ip TEXT,
    created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX agents_key_hash ON agents (key_hash);
CREATE UNIQUE INDEX agents_tenant_name ON agents (tenant, name);

CREATE TABLE sensors (
    id {serial},
    tenant TEXT NOT NULL,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    location TEXT,
    last_seen_at BIGINT,
    event_count BIGINT NOT NULL,
    error_count BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX sensors_tenant_name_kind ON sensors (tenant, name, kind);

CREATE TABLE meta (
    id TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
);

CREATE TABLE counters (
    id TEXT NOT NULL PRIMARY KEY,
    value BIGINT NOT NULL
);
INSERT INTO counters (id, value) VALUES ('rules_version', 1), ('detected_through', 0);
