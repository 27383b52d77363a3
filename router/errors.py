"""Every error of Alert Router; the class says what happens next.

RouterError
├── PayloadError          a record nobody can read: dead letter, go on
├── ConfigurationError    a document or setting a person must mend: say where, exit 2
├── SecretNotFoundError   a tenant's secret is nowhere: park that tenant's notifications
├── UnavailableError      an engine does not answer: nothing was done, wait and try again
│   └── RebuildError      Redis lost this tenant's data: stop taking its records until it is applied again
└── OperationError        a command cannot do what was asked: say why, exit 1
"""


class RouterError(Exception):
    """Any error that Alert Router raises on purpose."""


class PayloadError(RouterError):
    """A record that cannot be read. `reason` is the dead letter's reason."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason


class ConfigurationError(RouterError):
    """A document or a setting that a person must mend; each finding is one line for that person."""

    def __init__(self, *findings: str) -> None:
        super().__init__("\n".join(findings))
        self.findings = findings


class SecretNotFoundError(RouterError):
    """A secret that is not there under the tenant's own name."""


class UnavailableError(RouterError):
    """An engine that does not answer. What was asked may be asked again."""


class RebuildError(UnavailableError):
    """Redis holds no epoch for a tenant that is known: its data is gone."""


class OperationError(RouterError):
    """A command that cannot do what it was asked to."""
