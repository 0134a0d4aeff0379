-- Copies of alerts follow their changes, those of all tenants in one order.
CREATE INDEX alerts_by_change ON alerts (updated_at, id);
