-- no-transaction
CREATE INDEX CONCURRENTLY connection_liveness_by_tenant_doubts ON connection_liveness (client_id)
    WHERE tenant_doubts IS NOT NULL;
