"""The isolation policy in a file."""

from router.config.files import read_text
from router.control.isolation.in_force import Isolation, isolation_in_force
from router.settings import Settings


def isolation_of(settings: Settings) -> Isolation | None:
    """The policy that the settings name; None where they name none.

    Raises:
        ConfigurationError: it cannot be read, has mistakes, or promises what the settings do not keep.
    """
    file = settings.control.isolation_file
    return None if file is None else isolation_in_force(read_text(file), str(file), settings.kafka.bound_topics)
