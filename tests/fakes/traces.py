"""Contexts of traces in memory, and a tracer that remembers its spans."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from router.core.model.alert import TenantId
from router.core.model.key import GroupId
from router.ports.tracing import MAX_CONTEXTS, SpanKind, Value
from tests.fakes.faults import Faulty, asked
from tests.fakes.store import FakeStore


class FakeTraceContexts(Faulty):
    """Those of all groups."""

    def __init__(self, store: FakeStore) -> None:
        super().__init__(store.faults)
        self._kept: dict[tuple[TenantId, GroupId], list[str]] = {}

    @asked
    async def note(self, tenant: TenantId, contexts: Mapping[GroupId, Sequence[str]]) -> None:
        for group, some in contexts.items():
            kept = self._kept.setdefault((tenant, group), [])
            kept[:] = [*kept, *some][:MAX_CONTEXTS]

    @asked
    async def find(self, tenant: TenantId, groups: Sequence[GroupId]) -> list[Sequence[str]]:
        return [list(self._kept.get((tenant, group), ())) for group in groups]

    @asked
    async def forget(self, tenant: TenantId, contexts: Mapping[GroupId, int]) -> None:
        for group, count in contexts.items():
            del self._kept.get((tenant, group), [])[:count]


@dataclass
class FakeSpan:
    """A span; `ended` once it is over."""

    name: str
    kind: SpanKind
    parents: Sequence[str]
    attributes: dict[str, Value]
    context: str
    ended: bool = False

    def end(self, **attributes: Value) -> None:
        self.ended = True
        self.attributes |= attributes


@dataclass
class FakeTracer:
    """Spans in the order in which they began, numbered from 1."""

    spans: list[FakeSpan] = field(default_factory=list)

    def begin(self, name: str, kind: SpanKind, parents: Sequence[str], attributes: Mapping[str, Value]) -> FakeSpan:
        number = len(self.spans) + 1
        trace = parents[0].split("-")[1] if parents else f"{number:032x}"
        span = FakeSpan(name, kind, list(parents), dict(attributes), f"00-{trace}-{number:016x}-01")
        self.spans.append(span)
        return span
