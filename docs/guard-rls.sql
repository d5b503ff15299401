-- A second line on PostgreSQL, for an account that has to reach the registry's database beside the guard.
-- Run as the owner of MLflow's tables, after the guarded server has started once. Name the account and the aliases:
--   psql -v account=mlflow_reader -v aliases='{champion}' -f guard-rls.sql
-- The owner, whom the guarded server connects as, is not bound by it.

GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO :"account";

-- Protected aliases, in any case, are read alone.
ALTER TABLE registered_model_aliases ENABLE ROW LEVEL SECURITY;
CREATE POLICY mlgate_read ON registered_model_aliases FOR SELECT TO :"account" USING (true);
CREATE POLICY mlgate_insert ON registered_model_aliases FOR INSERT TO :"account"
    WITH CHECK (NOT lower(alias) = ANY (:'aliases'::text[]));
CREATE POLICY mlgate_update ON registered_model_aliases FOR UPDATE TO :"account"
    USING (NOT lower(alias) = ANY (:'aliases'::text[])) WITH CHECK (NOT lower(alias) = ANY (:'aliases'::text[]));
CREATE POLICY mlgate_delete ON registered_model_aliases FOR DELETE TO :"account"
    USING (NOT lower(alias) = ANY (:'aliases'::text[]));

-- A renamed or deleted model takes its aliases along, whatever the policies say; so would a version.
REVOKE UPDATE, DELETE ON registered_models, model_versions FROM :"account";
GRANT UPDATE (last_updated_time, description) ON registered_models TO :"account";
GRANT UPDATE (last_updated_time, description) ON model_versions TO :"account";

-- The guard's books are read alone.
REVOKE INSERT, UPDATE, DELETE ON mlgate_ledger, mlgate_generations, mlgate_nonces, mlgate_registry FROM :"account";
