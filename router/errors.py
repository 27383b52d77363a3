"""Every error of Alert Router. Its class says what happens next.

RouterError
├── PayloadError          a record that cannot be read: dead-letter it, go on
│   └── UndecipherableError  sealed, and not opened by any key that its tenant has
│       └── DestroyedKeyError  its key was destroyed: nobody will ever read it
├── ConfigurationError    a document or setting that a person must fix: say where, exit 2
├── SecretNotFoundError   a secret that the tenant does not have: park its alert groups
├── RepeatedError         a request that is being carried out already: nothing was done
├── UnavailableError      an engine that does not answer: nothing was done, wait and try again
│   ├── UnconfirmedError  PostgreSQL may have made a change: look before it is made again
│   ├── NotAppendedError  Kafka may not have what a record leaves behind: the record must come again
│   ├── KeyUnavailableError  a tenant's key cannot be had now: that tenant alone waits
│   ├── UntrustedError    this tenant's configuration is not signed as it must be: hold its records until one is
│   └── RebuildError      Redis lost this tenant's data: take no more of its records until it is applied again
└── OperationError        a command that cannot do what was asked: say why, exit 1
    └── ChangedMeanwhileError  it was asked of a version that is no longer the active one: plan it again
"""

from router.diagnostic import Diagnostic


class RouterError(Exception):
    """Any error that Alert Router raises on purpose: what is wrong, and what to do about it where that is known."""

    def __init__(self, problem: str, remedy: str = "") -> None:
        super().__init__(f"{problem}; {remedy}" if remedy else problem)
        self.problem = problem
        self.remedy = remedy


class PayloadError(RouterError):
    """A record that cannot be read. `reason` is the dead letter's reason."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason


class UndecipherableError(PayloadError):
    """What was sealed for a tenant, and does not open with any key that it has: changed, moved, or of a lost key."""

    def __init__(self, detail: str) -> None:
        super().__init__("undecipherable", detail)


class DestroyedKeyError(UndecipherableError):
    """Sealed with a key that was destroyed."""


class ConfigurationError(RouterError):
    """A document or a setting that a person must fix. A plain text stands for a diagnostic that has no place."""

    def __init__(self, *diagnostics: Diagnostic | str) -> None:
        self.diagnostics = tuple(one if isinstance(one, Diagnostic) else Diagnostic(one) for one in diagnostics)
        super().__init__("\n".join(map(str, self.diagnostics)))


class SecretNotFoundError(RouterError):
    """A secret that the tenant does not have under this name, or that cannot be read."""


class RepeatedError(RouterError):
    """A request under a key that another one had a moment before. Nothing was done."""

    def __init__(self) -> None:
        super().__init__("the same request is being carried out")


class UnavailableError(RouterError):
    """An engine that does not answer. What was asked may be asked again."""


class UnconfirmedError(UnavailableError):
    """PostgreSQL was asked to commit a change, and its answer was lost: the change is made, or it is not."""


class NotAppendedError(UnavailableError):
    """Kafka did not confirm what must be there before a record may be passed."""


class KeyUnavailableError(UnavailableError):
    """A key of a tenant that cannot be had now: the key service does not answer, or there is none yet."""


class UntrustedError(UnavailableError):
    """A tenant's configuration is not what somebody with a key has applied, and no earlier one is known."""


class RebuildError(UnavailableError):
    """Redis has no epoch for a tenant that is known: its data is gone."""


class OperationError(RouterError):
    """A command that cannot do what it was asked to do."""


class ChangedMeanwhileError(OperationError):
    """A change of a version that is no longer the active one. Nothing was done."""
