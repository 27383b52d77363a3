"""What `docs/access.md` says between its tables."""

from typing import Final

HEAD: Final = """\
# Who may do what

People and pipelines use the control API with tokens of an identity provider, or with API keys. What each of them may
do stands in one document, the access document: whose tokens are taken, and who has which role for which tenants. What
it does not allow is denied.

```yaml
# yaml-language-server: $schema=../deploy/schema/access.schema.json
version: 1
issuers:
  - name: company
    url: https://login.example.com/realms/company
    audience: alert-router
    mfa: {amr: [mfa, hwk]}
  - name: ci
    url: https://token.actions.githubusercontent.com
    audience: alert-router
    kind: workload
roles:
  - {name: deployer, part_of: editor, permissions: [configuration.read, configuration.write]}
bindings:
  - name: operators
    role: operator
    tenants: ["*"]                      # all of them, and what concerns no single one
    who: {issuer: company, group: alert-operators}
    conditions: {mfa: required, networks: [10.0.0.0/8]}
  - name: acme-admins
    role: tenant_admin
    tenants: [acme]
    who: {issuer: company, group: acme-admins}
  - name: acme-pipeline
    role: deployer
    tenants: [acme]
    who:
      issuer: ci
      claims: {repository: [acme/alerts], ref: [refs/heads/main]}
  - name: audit-2027
    role: auditor
    tenants: ["*"]
    who: {issuer: company, subject: 8d3f0c1e}
    conditions: {until: "2027-12-31T23:00:00Z"}
conditions:
  four_eyes: [platform.write, access.write]
```

`alert-router access lint FILE` names every mistake with line, column and remedy, and warns of what is weaker than it
looks. `alert-router access test` answers as the API would, from the file alone:

```console
$ alert-router access test access.yaml secret.write --tenant acme --issuer company --group acme-editors
denied: no_binding (no binding)
would allow it: secret.write of role tenant_admin for tenant acme
```

An issuer whose certificate a private authority has signed is trusted by `ALERT_ROUTER_CONTROL__ISSUERS_CA_FILE`, PEM
certificates besides those of the system, for all issuers; in the chart by `trust.issuers`, in Compose by a file that
an override mounts into `control`. It is a setting: who may change this document must not name files of the server.

Names of groups, subjects and claims are compared letter by letter; nothing is a pattern. A binding for some tenants
gives nothing for others, and nothing that concerns no single tenant. Several bindings add up. An API key has one role
for its tenants, given when it was made: never more than its maker had, and for no longer; it makes no keys itself.
Bindings never count for a key.

`four_eyes` lists what takes effect only when a second person approves: somebody with the same permission who neither
proposed it nor made the key that did. Keys and workloads do not approve. Whether two accounts are one person, only
your issuer can know.

What is listed and changes the operator's part or this document is proposed, and waits for a week: 202, with a number
below `/tenants/{tenant}/proposals` or `/access/proposals`. The commands for it are `alert-router proposal list`,
`show`, `approve` and `reject`. Anything else that is listed is denied to everybody (`needs_approval`).

## Where it is kept

```console
$ alert-router access apply access.yaml --message "globex has its own admins"
access document: version 4 is in force: +bindings/globex-admins
```

The document is stored in the record, version by version, as it was written: `access apply`, `history`, `print` and
`rollback`, by whoever has the record's password, or with `--server` by whoever holds `access.write`; over HTTP it is
[`/access`](api.md), with the version as `ETag`. Each change is an entry of the audit log (`access.apply`), which
names each binding that is new, gone, or otherwise. Every process of `control serve` looks once a second whether there
is a newer version, and takes it without a restart. While PostgreSQL does not answer, the last one stays in force, as
long as that takes: nobody can change it meanwhile, and what asks the record is not answered. A process that starts
then answers 503 until it has read the document once.

A document with a mistake is refused with line and column, and so is one after which nobody could change it again; the
one in force stays. A stored version that this release cannot read leaves the last good one in force too
(`access_document_refused` in the log).

`ALERT_ROUTER_CONTROL__ACCESS_FILE` names a file besides: the root. What it binds holds whatever is stored, so that
nobody who writes a wrong document locks out those in it; of issuers and roles that both name, the file's hold, and
`four_eyes` adds up. It is read again when it changes. Keep few in it, or none: the way back in is then the record's
password, with `access apply` or `key create operator`. Without both, API keys alone are let in.

## Roles

A role of your own is a part of a built-in one. Nobody can read a secret back: no permission for that exists. No route
asks for `hold.write` or `isolation.write` so far: sending is put on hold by command, and the policy is a file.
"""

REASONS: Final = """\
## Why

Every decision has a reason and names the binding that decided; both stand in the [audit log](audit.md). A denial also
names the role that would have allowed it. Of several reasons the last one of this table is given.
"""

DOCUMENT: Final = """\
What follows describes every key of the document. It is generated from the model: `make docs`.
"""
