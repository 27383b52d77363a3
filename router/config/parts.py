"""The two parts of a configuration, which different people may write.

`platform` is the operator's part; all other keys but `version` and `tenant`, which stand in both, are the tenant's.
A file with one part alone is read as what it becomes: a document with the other part beside it.
"""

from collections.abc import Iterator, Mapping
from typing import Final

from router.config.document.tenant import TenantDocument
from router.config.read import Beside, TemplateValidator, Written, document_of, skip_templates
from router.config.suggestion import guess, quoted
from router.core.model.alert import TenantId
from router.diagnostic import Diagnostic

PLATFORM: Final = "platform"
SHARED: Final = ("version", "tenant")

_SILENT: Final = "nobody"
NOBODY: Final = Beside(
    {"version": 1, "route": {"receiver": _SILENT}, "receivers": [{"name": _SILENT}]}, "the tenant's part"
)
"""The rules of a tenant that has none of its own yet: nobody is notified."""

NOBODY_TEXT: Final = f"""\
# No rules yet: nobody is notified until `tenant apply --tenant {{tenant}} FILE`.
version: 1
tenant: {{tenant}}
route: {{{{receiver: {_SILENT}}}}}
receivers: [{{{{name: {_SILENT}}}}}]
"""
"""The same as a text, for a tenant."""

_ANY_TOKEN: Final[Mapping[str, object]] = {"token": {"secret": "slack"}}


def platform_of(document: TenantDocument, name: str) -> Beside:
    """The operator's part of a document; `name` says where it comes from."""
    return Beside({PLATFORM: document.plain()[PLATFORM]}, name)


def rules_of(document: TenantDocument, name: str) -> Beside:
    """The tenant's part of a document; `name` says where it comes from."""
    return Beside({key: value for key, value in document.plain().items() if key != PLATFORM}, name)


def read_rules(
    written: Written,
    tenant: TenantId | None = None,
    platform: Beside | None = None,
    validate_templates: TemplateValidator = skip_templates,
) -> TenantDocument:
    """Read the tenant's part, beside an operator's; without one, beside one that allows what the rules name.

    Raises:
        ConfigurationError: as `read_document`; also for an operator's part, and for another tenant than `tenant`.
    """
    beside = _allowing(written.keys) if platform is None else platform
    return document_of(written, beside, list(_not_the_tenants(written.keys, tenant)), validate_templates)


def read_platform(written: Written, rules: Beside = NOBODY) -> TenantDocument:
    """Read the operator's part, beside a tenant's; `version` may be left out.

    Raises:
        ConfigurationError: as `read_document`; also for a key of the tenant's part.
    """
    return document_of(written, rules, list(_not_the_operators(written.keys)))


def is_rules_alone(written: Written) -> bool:
    """Whether a file has the tenant's part alone."""
    return bool(written.keys) and PLATFORM not in written.keys


def is_platform_alone(written: Written) -> bool:
    """Whether a file has the operator's part alone."""
    return PLATFORM in written.keys and not written.keys.keys() - {PLATFORM, *SHARED}


def _not_the_tenants(keys: Mapping[str, object], tenant: TenantId | None) -> Iterator[Diagnostic]:
    named = keys.get("tenant")
    if tenant is not None and isinstance(named, str) and named != tenant:
        yield Diagnostic(
            f"{quoted(named)} is another tenant; with --tenant {tenant} only its own file is taken", ("tenant",)
        )
    if PLATFORM in keys:
        yield Diagnostic(
            "is the operator's part, which stays as it is; leave it out, and have an operator change it with "
            "`alert-router platform apply`",
            (PLATFORM,),
            about_key=True,
        )


def _not_the_operators(keys: Mapping[str, object]) -> Iterator[Diagnostic]:
    theirs = {field.alias or name for name, field in TenantDocument.model_fields.items()}
    for key in keys:
        if key in {PLATFORM, *SHARED}:
            continue
        if key in theirs:
            remedy = "leave it out; `alert-router tenant apply` takes a file with both parts"
            yield Diagnostic(f"is the tenant's part; {remedy}", (key,), about_key=True)
        else:
            known = (*SHARED, PLATFORM)
            instead = guess(key, known) or f"; the keys here are {', '.join(known)}"
            yield Diagnostic(f"unknown{instead}", (key,), about_key=True)


def _allowing(rules: Mapping[str, object]) -> Beside:
    """An operator's part that allows the channels that receivers name; labels choose among those."""
    receivers = rules.get("receivers")
    slack = [one.get("slack") for one in receivers if isinstance(one, Mapping)] if isinstance(receivers, list) else []
    named = [one.get("channel") for one in slack if isinstance(one, Mapping)]
    by_label = [one.get("else") for one in named if isinstance(one, Mapping)]
    channels = [one for one in (*named, *by_label) if isinstance(one, str)]
    return Beside({PLATFORM: {"slack": {**_ANY_TOKEN, **({"channels": channels} if by_label else {})}}}, PLATFORM)
