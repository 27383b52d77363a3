"""Who is at the keyboard, as far as this machine knows: what of an audit entry names a person, and is sealed."""

import os
import pwd
from typing import Final

from router.adapters.crypto.personal import PersonalSealer, load_personal_sealer
from router.settings import Settings, process_environment

_OF_SSH: Final = "SSH_CONNECTION"


def personal_sealer(settings: Settings) -> PersonalSealer:
    """What seals names and addresses in the audit log, and opens them.

    Raises:
        ConfigurationError: its keys cannot be read.
    """
    key = settings.audit.sealing_key
    return load_personal_sealer(None if key is None else key.get_secret_value(), settings.audit.sealing_key_file)


def display_name() -> str:
    """The name of who runs this process, by the machine's list of users; "" where it has none."""
    try:
        return pwd.getpwuid(os.getuid()).pw_gecos.partition(",")[0]
    except KeyError:
        return ""


def address() -> str:
    """From where they are logged in, where that is not this machine; "" where nobody knows."""
    return process_environment().get(_OF_SSH, "").partition(" ")[0]
