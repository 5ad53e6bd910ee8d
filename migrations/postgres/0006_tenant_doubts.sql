-- JSON of the answers that speak against a device's tenant; NULL while there are none.
ALTER TABLE connection_liveness ADD COLUMN tenant_doubts text;
