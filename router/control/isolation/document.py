"""The isolation policy as written: levels, and which tenant has which."""

from collections.abc import Mapping
from typing import Annotated, ClassVar, Final, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from router.config.document.appearance import Section
from router.config.document.tenant import version_number
from router.config.suggestion import quoted
from router.config.values import TemplateText, TenantText
from router.control.isolation.dimensions import (
    NOT_BUILT,
    Budget,
    Data,
    Region,
    Store,
    Topic,
    Workers,
    shard_in,
)
from router.core.model.rules.limits import Keys


def _workers(text: str) -> str:
    if text not in {Workers.SHARED, Workers.OWN} and shard_in(text) is None:
        raise ValueError(
            f"{quoted(text)} is not one of shared, own, and shard(K) with K from 1 to 999, as in shard(2)"
        )
    return text


WorkersText = Annotated[
    str,
    AfterValidator(_workers),
    Field(json_schema_extra={"pattern": r"^(shared|own|shard\([1-9][0-9]{0,2}\))$"}),
]


class LevelEntry(Section):
    """How far a tenant is kept apart from others."""

    refused: ClassVar[Mapping[str, str]] = NOT_BUILT

    name: TemplateText = Field(examples=["bound"])
    """What tenants and `default` call it."""
    data: Data = Field(default=Data.SHARED, examples=["shared"])
    """Where its data is."""
    budget: Budget = Field(default=Budget.OWN, examples=["own"])
    """Whose limits it uses up."""
    keys: Keys = Field(default=Keys.SHARED, examples=["shared", "own"])
    """Whose keys seal what is stored of it; `own` needs `platform.keys: own` in the tenant's file."""
    topic: Topic = Field(default=Topic.SHARED, examples=["shared", "own"])
    """Where its records wait; `own` needs a topic for it in `ALERT_ROUTER_KAFKA__BOUND_TOPICS`."""
    workers: WorkersText = Field(default=Workers.SHARED, examples=["shared", "shard(2)", "own"])
    """Whose workers serve it; `shard(2)` needs `platform.shard` of at most 2 in the tenant's file, `own` needs
    `platform.pool` there, and nobody else in that pool, or `store: own`."""
    store: Store = Field(default=Store.SHARED, examples=["shared", "own"])
    """Whose Kafka and Redis it is in; `own` needs `platform.cell` in the tenant's file, and nobody else there."""
    region: TemplateText = Field(default=Region.ANY, examples=["any", "named", "eu"])
    """Where its cell is: `named` is wherever `ALERT_ROUTER_CELLS` says, another text the region that it must say."""


PRESETS: Final = (
    LevelEntry(name="shared"),
    LevelEntry(name="sealed", keys=Keys.OWN),
    LevelEntry(name="dedicated", keys=Keys.OWN, workers=Workers.OWN),
    LevelEntry(name="sovereign", keys=Keys.OWN, workers=Workers.OWN, store=Store.OWN, region=Region.NAMED),
)
"""The levels that every policy has."""


class IsolationPolicy(Section):
    """How far tenants are kept apart, by level."""

    version: Annotated[Literal[1], BeforeValidator(version_number)] = Field(examples=[1])
    """The form of this document."""
    levels: tuple[LevelEntry, ...] = Field(default=(), examples=[[{"name": "bound", "topic": "own"}]])
    """Levels besides `shared`, which has all that is left out, `sealed`, which has `keys: own`, `dedicated`, which
    has `workers: own` besides, and `sovereign`, which has `store: own` and `region: named` besides that."""
    default: str = Field(examples=["shared"])
    """The level of tenants that are not named."""
    tenants: Mapping[TenantText, str] = Field(default={}, examples=[{"acme": "bound"}])
    """Tenants with another level, by their ids."""

    @property
    def known(self) -> Mapping[str, LevelEntry]:
        """All levels by their names."""
        return {one.name: one for one in (*self.levels, *PRESETS)}
