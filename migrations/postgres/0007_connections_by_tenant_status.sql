-- no-transaction
CREATE INDEX CONCURRENTLY connections_by_tenant_status ON connections (tenant_status, client_id)
    WHERE org_id IS NULL;
