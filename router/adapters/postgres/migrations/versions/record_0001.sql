-- Who a row belongs to is set for one transaction by `scope.py`; without it no row is seen.
-- The setting stands in a sub-select, so that it is read once a statement and not once a row.

create table control.installation (
  one boolean primary key default true check (one),
  id text not null default gen_random_uuid()::text,
  created_at timestamptz not null default now()
);
insert into control.installation default values;

create table control.tenant (
  tenant text primary key check (tenant <> ''),
  state text not null default 'active' check (state in ('active', 'suspended', 'erasing', 'erased')),
  created_at timestamptz not null default now()
);

create table control.configuration (
  tenant text not null references control.tenant,
  version integer not null check (version > 0),
  document text not null,
  digest text not null,
  part text not null,
  source text not null default '',
  author text not null default '',
  login text not null default '',
  note text not null default '',
  at timestamptz not null default now(),
  primary key (tenant, version)
);

create table control.active (
  tenant text primary key references control.tenant,
  version integer,
  generation bigint not null default 1,
  foreign key (tenant, version) references control.configuration
);

create table control.token (
  digest text primary key,
  tenant text not null references control.tenant,
  created_at timestamptz not null default now(),
  revoked_at timestamptz
);
create index token_tenant on control.token (tenant);

create table control.secret (
  tenant text not null references control.tenant,
  name text not null,
  sealed text not null,
  primary key (tenant, name)
);

create table control.access_document (
  version integer primary key check (version > 0),
  document text not null,
  digest text not null,
  author text not null,
  at timestamptz not null default now()
);

create table control.audit (
  seq bigint primary key check (seq >= 0),
  entry bytea not null,
  tenant text,
  at timestamptz not null default now()
);
create index audit_tenant on control.audit (tenant, seq);

create table control.audit_head (
  one boolean primary key default true check (one),
  size bigint not null default 0,
  edge bytea not null default ''
);
insert into control.audit_head default values;

create table control.checkpoint (
  size bigint primary key,
  note text not null,
  at timestamptz not null default now()
);

create table control.projected (
  tenant text primary key references control.tenant,
  generation bigint not null default 0,
  at timestamptz not null default now()
);

create table control.idempotency (
  tenant text not null references control.tenant,
  key text not null,
  digest text not null,
  status smallint,
  answer bytea,
  at timestamptz not null default now(),
  primary key (tenant, key)
);

-- What is projected has a generation, which every change raises; a commit wakes projectors.

create function control.begin_tenant() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  insert into control.active (tenant) values (new.tenant);
  insert into control.projected (tenant) values (new.tenant);
  perform pg_catalog.pg_notify('ar_changed', '');
  return null;
end
$$;

create function control.raise_generation() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  update control.active set generation = generation + 1 where tenant = coalesce(new.tenant, old.tenant);
  perform pg_catalog.pg_notify('ar_changed', '');
  return null;
end
$$;

create trigger begun after insert on control.tenant
  for each row execute function control.begin_tenant();
create trigger changed after update of state on control.tenant
  for each row execute function control.raise_generation();
create trigger changed after update of version on control.active
  for each row execute function control.raise_generation();
create trigger changed after insert or update or delete on control.token
  for each row execute function control.raise_generation();
create trigger changed after insert or update or delete on control.secret
  for each row execute function control.raise_generation();

-- What is asked before a tenant is known, and by whoever looks at all of them; nothing else crosses tenants.

create function control.tenant_of_token(asked text) returns text
language sql stable security definer set search_path = '' as $$
  select tenant from control.token where digest = asked and revoked_at is null
$$;

create function control.standing()
returns table (tenant text, state text, version integer, generation bigint, projected bigint, projected_at timestamptz)
language sql stable security definer set search_path = '' as $$
  select t.tenant, t.state, a.version, a.generation, p.generation, p.at
  from control.tenant t join control.active a using (tenant) join control.projected p using (tenant)
$$;

-- Rights. The owner's own rows are not hidden from it, so that a migration changes all of them.

alter table control.tenant enable row level security;
alter table control.configuration enable row level security;
alter table control.active enable row level security;
alter table control.token enable row level security;
alter table control.secret enable row level security;
alter table control.audit enable row level security;
alter table control.projected enable row level security;
alter table control.idempotency enable row level security;

create policy own on control.tenant to ar_api
  using (tenant = (select current_setting('app.tenant', true)));
create policy own on control.configuration to ar_api
  using (tenant = (select current_setting('app.tenant', true)));
create policy own on control.active to ar_api
  using (tenant = (select current_setting('app.tenant', true)));
create policy own on control.token to ar_api
  using (tenant = (select current_setting('app.tenant', true)));
create policy own on control.secret to ar_api
  using (tenant = (select current_setting('app.tenant', true)));
create policy own on control.projected to ar_api
  using (tenant = (select current_setting('app.tenant', true)));
create policy own on control.idempotency to ar_api
  using (tenant = (select current_setting('app.tenant', true)));
create policy own on control.audit for select to ar_api
  using (tenant = (select current_setting('app.tenant', true)));
create policy noted on control.audit for insert to ar_api
  with check (tenant is null or tenant = (select current_setting('app.tenant', true)));

-- A configuration goes with its tenant, and never before.
create policy erased on control.configuration as restrictive for delete to ar_api
  using (tenant in (select t.tenant from control.tenant t where t.state in ('erasing', 'erased')));

create policy every on control.tenant for select to ar_projector using (true);
create policy every on control.configuration for select to ar_projector using (true);
create policy every on control.active for select to ar_projector using (true);
create policy every on control.token for select to ar_projector using (true);
create policy every on control.secret for select to ar_projector using (true);
create policy every on control.projected to ar_projector using (true);
create policy every on control.audit for select to ar_projector, ar_auditor using (true);

revoke all on all functions in schema control from public;
grant usage on schema control to ar_api, ar_projector, ar_auditor;
grant execute on function control.tenant_of_token(text) to ar_api;
grant execute on function control.standing() to ar_api, ar_projector, ar_auditor;

grant select on control.installation to ar_api, ar_projector, ar_auditor;
grant select, insert, update (state) on control.tenant to ar_api;
grant select, insert, delete on control.configuration to ar_api;
grant select, update (version) on control.active to ar_api;
grant select, insert, update (revoked_at), delete on control.token to ar_api;
grant select, insert, update (sealed), delete on control.secret to ar_api;
grant select on control.projected to ar_api;
grant select, insert on control.access_document to ar_api;
grant select, insert on control.audit to ar_api;
grant select, update (size, edge) on control.audit_head to ar_api;
grant select on control.checkpoint to ar_api;
grant select, insert, update (status, answer), delete on control.idempotency to ar_api;

grant select on control.tenant, control.configuration, control.active, control.token, control.secret to ar_projector;
grant select, update (generation, at) on control.projected to ar_projector;
grant select on control.audit, control.audit_head to ar_projector;
grant select, insert on control.checkpoint to ar_projector;

grant select on control.audit, control.audit_head, control.checkpoint to ar_auditor;
