drop table control.idempotency, control.projected, control.checkpoint, control.audit_head, control.audit;
drop table control.access_document, control.secret, control.token, control.active, control.configuration;
drop table control.tenant, control.installation;
drop function control.standing(), control.tenant_of_token(text), control.raise_generation(), control.begin_tenant();
revoke usage on schema control from ar_api, ar_projector, ar_auditor;
