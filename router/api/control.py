"""What the routes ask: what the command line asks too; what writes is bound to what is audited of a request."""

from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Final

from router.api.turns import Turns
from router.config.read import TemplateValidator
from router.control.access_documents import AccessControl
from router.control.auditing import AuditControl
from router.control.explain.explained import ExplainingInWords
from router.control.groups import LiveGroups
from router.control.isolation.in_force import Isolation
from router.control.keys import KeyControl
from router.control.letters.dead_letters import DeadLetterControl
from router.control.offboard import Offboarding
from router.control.proposals import ProposalControl
from router.control.secrets import SecretControl
from router.control.silences import SilenceControl
from router.control.subject_requests import SubjectRequests
from router.control.tenants import TenantControl
from router.control.tokens import TokenControl
from router.control.usage import Usage
from router.core.cell import NO_CELLS, Cells
from router.ports.audit import Action
from router.ports.record import Attempts, Standing
from router.ports.tenants import Localizations

PREFIX: Final = "/control/v1"


@dataclass(frozen=True, slots=True)
class Control:
    """All of it; `audit` is None where no login reads the audit log, `letters` where no Kafka is configured."""

    standing: Callable[[], Awaitable[list[Standing]]]
    tenants: Callable[[Attempts], TenantControl]
    tokens: Callable[[Attempts], TokenControl]
    secrets: Callable[[Attempts], SecretControl]
    offboarding: Callable[[Attempts], Offboarding]
    keys: Callable[[Attempts], KeyControl]
    proposals: Callable[[Attempts], ProposalControl]
    access: Callable[[Attempts], AccessControl]
    silences: Callable[[Action, Attempts], SilenceControl]
    groups: LiveGroups
    subjects: SubjectRequests
    explaining: ExplainingInWords
    usage: Usage
    isolation: Isolation | None
    letters: Callable[[Attempts], AbstractAsyncContextManager[DeadLetterControl]] | None
    localizations: Localizations
    audit: AuditControl | None
    validate_templates: TemplateValidator
    cells: Cells = NO_CELLS
    turns: Turns = field(default_factory=Turns)
