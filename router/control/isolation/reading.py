"""Read an isolation policy from its text, and compare it with the topics and pools of the settings."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from router.config.bounds import too_large
from router.config.lint.lint import located
from router.config.read import read_checked
from router.config.suggestion import guess, quoted
from router.config.validated import validated
from router.control.isolation.dimensions import Region, Store, Topic, Workers, shard_in
from router.control.isolation.document import PRESETS, IsolationPolicy, LevelEntry
from router.core.cell import NO_CELLS, Cells
from router.core.model.alert import TenantId
from router.diagnostic import Diagnostic, KeyPath


def read_isolation(text: str, source: str) -> IsolationPolicy:
    """The policy; `source` is the file's name.

    Raises:
        ConfigurationError: one diagnostic for each mistake, in the order of the text.
    """
    return read_checked(text, source, check_isolation)


def check_isolation(data: object) -> IsolationPolicy | tuple[Diagnostic, ...]:
    """The policy that plain data is, or what is wrong with it."""
    if (beyond := too_large(data)) is not None:
        return (beyond,)
    policy = validated(data, IsolationPolicy)
    return policy if isinstance(policy, tuple) else tuple(_contradictions(policy)) or policy


def level_of(policy: IsolationPolicy, tenant: TenantId) -> LevelEntry:
    """The level of a tenant."""
    return policy.known[policy.tenants.get(tenant, policy.default)]


def is_alone_in_pool(level: LevelEntry) -> bool:
    """Whether a level needs a pool for a tenant alone: in a cell of its own all workers are."""
    return level.workers == Workers.OWN and level.store is not Store.OWN


@dataclass(frozen=True, slots=True)
class Given:
    """What levels need of the settings: topics, each with the tenant that it belongs to, pools, and cells.

    `partitions` are those of an inbound topic.
    """

    bound_topics: Mapping[str, str]
    pools: Sequence[str] = ()
    cells: Cells = NO_CELLS
    partitions: int = 12


def not_enforced(policy: IsolationPolicy, text: str, there: Given) -> list[Diagnostic]:
    """What the policy promises and these settings do not keep; in the order of its text."""
    bound = frozenset(there.bound_topics.values())
    of_kafka = (
        *_without_topics(policy, bound),
        *_without_pools(policy, there.pools, bound),
        *_without_shards(policy, there.partitions, bound),
    )
    return located((*of_kafka, *_without_cells(policy, there.cells)), text)


def _contradictions(policy: IsolationPolicy) -> Iterator[Diagnostic]:
    first: dict[str, int] = {}
    for index, level in enumerate(policy.levels):
        where: KeyPath = ("levels", index, "name")
        if first.setdefault(level.name, index) != index:
            message = f"{quoted(level.name)} is taken by levels[{first[level.name]}]; each may stand once"
            yield Diagnostic(message, where)
        yield from _other_preset(level, where)
        if level.workers != Workers.SHARED and level.topic is Topic.OWN:
            message = (
                "all workers of the shared pool read topics that are bound to tenants; leave out this, or workers"
            )
            yield Diagnostic(message, ("levels", index, "topic"))
    named: dict[KeyPath, str] = {("tenants", tenant): level for tenant, level in policy.tenants.items()}
    for path, name in {("default",): policy.default, **named}.items():
        if name not in policy.known:
            instead = guess(name, policy.known) or f"; there are {', '.join(policy.known)}"
            yield Diagnostic(f"{quoted(name)} is not among the levels{instead}", path)


def _other_preset(level: LevelEntry, where: KeyPath) -> Iterator[Diagnostic]:
    """A level that is called like one that is known, and is not that."""
    for preset in PRESETS:
        if level.name == preset.name and level != preset:
            message = (
                f"{quoted(level.name)} always has keys: {preset.keys}, topic: {preset.topic}, workers: "
                f"{preset.workers}, store: {preset.store}, and region: {preset.region}; call it otherwise"
            )
            yield Diagnostic(message, where)


def _without_topics(policy: IsolationPolicy, bound: frozenset[str]) -> Iterator[Diagnostic]:
    remedy = "add one to ALERT_ROUTER_KAFKA__BOUND_TOPICS, and give its producer a login for that alone"
    for tenant in policy.tenants:
        if level_of(policy, tenant).topic is Topic.OWN and tenant not in bound:
            yield Diagnostic(f"no topic is bound to {tenant}; {remedy}", ("tenants", tenant))
    if policy.known[policy.default].topic is Topic.OWN:
        yield Diagnostic("a topic of its own is given by name; name the tenants that have one", ("default",))


def _without_pools(policy: IsolationPolicy, pools: Sequence[str], bound: frozenset[str]) -> Iterator[Diagnostic]:
    """A pool of its own for each; which one is in the tenant's file."""
    alone = [tenant for tenant in policy.tenants if is_alone_in_pool(level_of(policy, tenant))]
    for tenant in sorted({*alone} & bound):
        message = (
            f"workers of the shared pool read the topic that is bound to {tenant}; unbind it, or change its level"
        )
        yield Diagnostic(message, ("tenants", tenant))
    for place, tenant in enumerate(alone):
        if place >= len(pools):
            message = f"no pool is left for {tenant}: {len(alone)} tenants need one each, there are {len(pools)}"
            yield Diagnostic(f"{message}; add one to ALERT_ROUTER_KAFKA__POOLS", ("tenants", tenant))
    if is_alone_in_pool(policy.known[policy.default]):
        yield Diagnostic("workers of its own are given by name; name the tenants that have them", ("default",))


def _without_shards(policy: IsolationPolicy, partitions: int, bound: frozenset[str]) -> Iterator[Diagnostic]:
    """Fewer partitions than there are, and no topic whose producers choose among all of them."""
    named: dict[KeyPath, str] = {("tenants", tenant): level for tenant, level in policy.tenants.items()}
    for path, name in {("default",): policy.default, **named}.items():
        size = shard_in(policy.known[name].workers)
        if size is not None and size >= partitions:
            message = f"{size} of {partitions} partitions are all; use fewer than ALERT_ROUTER_KAFKA__PARTITIONS says"
            yield Diagnostic(message, path)
    for tenant in sorted(bound):
        if shard_in(level_of(policy, TenantId(tenant)).workers) is not None:
            path = ("tenants", tenant) if tenant in policy.tenants else ("default",)
            message = f"all workers of the shared pool read the topic that is bound to {tenant}; unbind it, or change"
            yield Diagnostic(f"{message} its level", path)


def _without_cells(policy: IsolationPolicy, cells: Cells) -> Iterator[Diagnostic]:
    """A cell of its own for each, and one in the region; which one is in the tenant's file."""
    alone = [tenant for tenant in policy.tenants if level_of(policy, tenant).store is Store.OWN]
    for tenant in alone[len(cells.known) :]:
        message = f"no cell is left for {tenant}: {len(alone)} tenants need one each, there are {len(cells.known)}"
        yield Diagnostic(f"{message}; add one to ALERT_ROUTER_CELLS", ("tenants", tenant))
    if policy.known[policy.default].store is Store.OWN:
        yield Diagnostic("a cell of its own is given by name; name the tenants that have one", ("default",))
    named: dict[KeyPath, str] = {("tenants", tenant): level for tenant, level in policy.tenants.items()}
    for path, name in {("default",): policy.default, **named}.items():
        region = policy.known[name].region
        if region != Region.ANY and not any(is_in(one.region, region) for one in cells.known.values()):
            which = "names a region" if region == Region.NAMED else f"is in region {quoted(region)}"
            yield Diagnostic(f"no cell {which}; add one to ALERT_ROUTER_CELLS, with its `region`", path)


def is_in(region: str, wanted: str) -> bool:
    """Whether a cell whose region is called so, "" where it has none, is where a level wants it."""
    return wanted == Region.ANY or (bool(region) if wanted == Region.NAMED else region == wanted)
