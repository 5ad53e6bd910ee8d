-- JSON of the answers that speak against a device's tenant; NULL while there are none.
ALTER TABLE connection_liveness ADD COLUMN tenant_doubts TEXT;

-- Devices that are looked up again without having spoken.
CREATE INDEX connections_by_tenant_status ON connections (tenant_status, client_id) WHERE org_id IS NULL;
CREATE INDEX connection_liveness_by_tenant_doubts ON connection_liveness (client_id) WHERE tenant_doubts IS NOT NULL;
