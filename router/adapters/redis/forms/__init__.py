"""How an alert group is written in its hash: one module a form.

This program writes `CURRENT` and reads it and the forms before, so that two releases can run side by side. Groups of
any other form are left as they are.
"""

from collections.abc import Callable, Mapping
from typing import Final

from router.adapters.redis.forms import form1, form2, form3
from router.core.model.alert import AlertId
from router.core.model.alert_state import AlertState
from router.core.model.group import AlertGroup

CURRENT: Final = form3.FORM
Fields = Mapping[str, str]
Alerts = Mapping[AlertId, AlertState]

READERS: Final[Mapping[str, Callable[[Fields, Alerts], AlertGroup]]] = {
    form1.FORM: form1.read_head,
    form2.FORM: form2.read_head,
    form3.FORM: form2.read_head,
}
