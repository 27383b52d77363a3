-- The roles of the record, once a server, by whoever administrates it; then give each login a password.
--   ar_owner       owns the tables, and never logs in
--   ar_migrator    becomes the owner for `alert-router control migrate`, and for nothing else
--   ar_api         changes one tenant at a time: what commands use (ALERT_ROUTER_POSTGRES__URL)
--   ar_projector   reads what Redis is to hold, and notes what it holds (ALERT_ROUTER_POSTGRES__PROJECTOR_URL)
--   ar_auditor     reads the audit log, and changes nothing
do $$
declare
  login text;
begin
  if not exists (select from pg_roles where rolname = 'ar_owner') then
    create role ar_owner nologin nosuperuser nobypassrls nocreatedb nocreaterole;
  end if;
  foreach login in array array['ar_migrator', 'ar_api', 'ar_projector', 'ar_auditor'] loop
    if not exists (select from pg_roles where rolname = login) then
      execute format('create role %I login noinherit nosuperuser nobypassrls nocreatedb nocreaterole', login);
    end if;
  end loop;
  grant ar_owner to ar_migrator;
  execute format('grant create on database %I to ar_owner', current_database());
  execute format('revoke temporary on database %I from public', current_database());
end
$$;
