"""`alert-router dead-letter ...`: records that could not be used: look at them, and append them again."""

from typing import Annotated, Final

import typer

from router.app.offered import open_dead_letters, open_vouched_letters
from router.cli.dead_letter_output import print_letter, print_list, print_redriven
from router.cli.options import AsJson, time_or_ago
from router.cli.session import run_with
from router.control.letters.dead_letters import FOREVER, Filter, Listed
from router.control.letters.reading import ReadableLetter
from router.control.letters.redrive import Outcome, Redriven
from router.control.offered import DeadLetters
from router.core.model.alert import TenantId
from router.core.model.instant import NEVER, Instant
from router.errors import ConfigurationError, RouterError

_SHOWN: Final = 100
_REDRIVEN: Final = 1_000

OfTenant = Annotated[str | None, typer.Option(help="Those of this tenant.", metavar="TENANT")]
ForReason = Annotated[str | None, typer.Option(help="Those with this reason, as unknown_tenant.")]
Since = Annotated[str | None, typer.Option(help="Dead-lettered then or later: a time, or how long ago, as 2h.")]
Until = Annotated[str | None, typer.Option(help="Dead-lettered before: a time, or how long ago.")]
Limit = Annotated[int, typer.Option(min=1, help="At most so many.")]


def list_all(
    *,
    tenant: OfTenant = None,
    reason: ForReason = None,
    since: Since = None,
    until: Until = None,
    limit: Limit = _SHOWN,
    as_json: AsJson = False,
) -> None:
    """Print the dead letters, newest first: of whom, why, and whether they were redriven.

    Example: alert-router dead-letter list --tenant acme --since 2h
    """

    async def work(letters: DeadLetters) -> Listed:
        wanted = _filter(await letters.now(), tenant, reason, since, until)
        return await letters.newest(wanted, limit)

    print_list(run_with(open_dead_letters, work), as_json=as_json)


def show(
    id_: Annotated[str, typer.Argument(help="The id that `dead-letter list` shows.", metavar="ID")],
    *,
    tenant: OfTenant = None,
    raw: Annotated[bool, typer.Option("--raw", help="Show all of it, also what its tenant redacts.")] = False,
    as_json: AsJson = False,
) -> None:
    """Print a dead letter: why, where it came from, its headers and its body, without what its tenant redacts.

    Example: alert-router dead-letter show alerts.inbound-3-1742
    """
    wanted = Filter(TenantId(tenant) if tenant else None, ids=frozenset({id_}))

    async def work(letters: DeadLetters) -> tuple[ReadableLetter, Instant]:
        return await letters.whole(wanted) if raw else await letters.shown(wanted)

    shown, redriven_at = run_with(open_dead_letters, work)
    print_letter(shown, redriven_at, as_json=as_json)


def redrive(  # noqa: PLR0913 - each is an option
    ids: Annotated[list[str] | None, typer.Argument(help="Ids that `dead-letter list` shows.", metavar="ID")] = None,
    *,
    tenant: OfTenant = None,
    reason: ForReason = None,
    since: Since = None,
    until: Until = None,
    limit: Limit = _REDRIVEN,
    everything: Annotated[
        bool, typer.Option("--all", help="All that there are, where nothing else is named.")
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="Also those that were redriven before.")] = False,
    sign: Annotated[bool, typer.Option("--sign", help="Vouch for what nobody has signed.")] = False,
    as_json: AsJson = False,
) -> None:
    """Append dead letters again to the topic that they came from, with the time at which they came.

    Correct first what they failed for: what fails again becomes a dead letter again. What has come since is newer and
    stays as it is. Exits with 1 if one of them was not redriven. With --sign look at each of them first: a forged one
    is then as good as any.

    Example: alert-router dead-letter redrive --reason unknown_tenant --since 2h
    """
    if not (ids or tenant or reason or since or until or everything):
        raise ConfigurationError("name letters by their ids or by an option, or add --all")
    opened, done = open_vouched_letters if sign else open_dead_letters, list[Redriven]()

    async def work(letters: DeadLetters) -> None:
        wanted = _filter(await letters.now(), tenant, reason, since, until, frozenset(ids or ()))
        await letters.redrive(wanted, limit, done.append, force=force)

    try:
        run_with(opened, work)
    except RouterError:
        if done:
            print_redriven(done, as_json=as_json)
        raise
    print_redriven(done, as_json=as_json)
    if any(one.outcome is not Outcome.REDRIVEN for one in done):
        raise typer.Exit(1)


def _filter(  # the options of a command, as they were typed
    now: Instant,
    tenant: str | None,
    reason: str | None,
    since: str | None,
    until: str | None,
    ids: frozenset[str] = frozenset(),
) -> Filter:
    return Filter(
        tenant=TenantId(tenant) if tenant else None,
        reason=reason,
        since=time_or_ago(since, now, "--since") if since else NEVER,
        until=time_or_ago(until, now, "--until") if until else FOREVER,
        ids=ids,
    )
