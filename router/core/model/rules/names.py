"""Names within a tenant's rules."""

from typing import Final, NewType

ReceiverName = NewType("ReceiverName", str)
SecretName = NewType("SecretName", str)
LANGUAGES: Final = ("en", "fr", "de", "es", "it")
"""The languages that messages are written in; each has a catalogue in `locales/`."""
