"""`docs/quotas.md`: what is bounded for a tenant, what happens beyond, and what warns before."""

from typing import Final

from router.core.budget.uses import BEYOND, NEAR, WELL, Quota
from router.observe.table.tenants import WATCHED
from tools.docs.enum_texts import texts_of
from tools.docs.markdown import cell, table

HEAD: Final = f"""\
# What a tenant uses of what it may

Everything that one tenant could have too much of is bounded. `alert-router tenant usage TENANT` prints what is
used of each limit, `GET /control/v1/tenants/TENANT/usage` of the [control API](api.md) answers the same:

```console
alert-router tenant usage acme
```

A limit that is raised by a key of the operator's part of the [tenant's file](tenant-file.md) is in force within a
second; the platform's ceilings hold all the same. All other limits are the program's own ([bounds](bounds.md)).

## Before it is too much

- What alerts use up by themselves, marked below, workers look at twice a minute. From {NEAR:.0%} of a limit on one of
  them logs `limit_near`, once: again only after it was below {WELL:.0%}.
  `alert_router_tenant_limit_used_ratio` has it by tenant and quota, of the tenants that [metrics](metrics.md)
  name; the rule [AlertRouterTenantNearLimit](runbooks/tenant-near-limit.md) watches it.
- What stands in the tenant's file is looked at when it is applied: the linter warns from {NEAR:.0%} on, with line
  and column.

Notifications have a limit too, `platform.limits.notifications`: beyond it changes wait and are folded together, so
that nothing is lost. `alert_router_tenant_budget_left` has what is left of it.

## All of it
"""
_COLUMNS: Final = ("name", "what counts", "beyond", "raised by", "watched")


def page() -> str:
    """The page."""
    texts = texts_of(Quota)
    return "\n".join([HEAD, table(_COLUMNS, [_row(one, texts[one.name]) for one in Quota]), ""])


def _row(quota: Quota, text: str) -> list[str]:
    beyond = BEYOND[quota]
    raised = f"`{beyond.raised_by}`" if beyond.raised_by else ""
    return [f"`{quota}`", cell(text), cell(beyond.happens), raised, "yes" if quota in WATCHED else ""]
