"""People whose data was erased, in memory."""

from router.core.model.alert import TenantId
from router.ports.subjects import ErasedSubject, SubjectList
from tests.fakes.faults import Faulty, asked
from tests.fakes.store import FakeStore


class FakeSubjects(Faulty):
    """The lists of all tenants."""

    def __init__(self, store: FakeStore) -> None:
        super().__init__(store.faults)
        self._store = store

    @asked
    async def of(self, tenant: TenantId) -> SubjectList:
        listed, now = self._store.tenants[tenant].subjects, self._store.clock.time
        return SubjectList(listed.key, tuple(one for one in listed.all if one.until > now))

    @asked
    async def begin(self, tenant: TenantId, key: bytes) -> bytes:
        data = self._store.tenants[tenant]
        data.subjects = SubjectList(data.subjects.key or key, data.subjects.all)
        return data.subjects.key

    @asked
    async def keep(self, tenant: TenantId, subject: ErasedSubject) -> None:
        data = self._store.tenants[tenant]
        known = {one.subject_id: one for one in data.subjects.all} | {subject.subject_id: subject}
        data.subjects = SubjectList(data.subjects.key, tuple(known[one] for one in sorted(known)))
        self._store.announce(tenant)
