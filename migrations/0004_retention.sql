-- How long a tenant keeps each class of data. Without a row, and where days is null, it is kept for ever. The class * is the tenant as a
-- whole: hold stops every deletion of its data.
CREATE TABLE retention_policies (
    tenant TEXT NOT NULL REFERENCES tenants (id),
    class TEXT NOT NULL CHECK (class IN ('*', 'events', 'network', 'alerts', 'dead_letters')),
    days BIGINT CHECK (days > 0),
    hold BOOLEAN NOT NULL,
    updated_at BIGINT NOT NULL,
    CONSTRAINT retention_policies_tenant_class PRIMARY KEY (tenant, class)
);
