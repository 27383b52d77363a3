"""Values of one tenant in Redis, sealed as text: each is bound to its kind, its key and its field."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from router.adapters.redis.codec import NAMED, split_field
from router.core.model.alert import AlertId
from router.core.model.key import GroupId
from router.core.seal.envelope import KeyPurpose, as_text, is_sealed_text, of_text
from router.core.seal.names import MARK, NameOf, is_name
from router.errors import KeyUnavailableError, UndecipherableError
from router.ports.sealing import Naming, TenantKeys

ANY_NAMES: Final = MARK
"""In the index of what fires: some of it stands there by names."""
_IN_CLEAR: Final = frozenset({"v", "rev", NAMED})
"""Fields of a group that scripts compare."""


@dataclass(frozen=True, slots=True)
class SealedTexts:
    """What seals and opens texts of one tenant."""

    keys: TenantKeys

    def seal(self, place: str, text: str) -> str:
        """The text, sealed for this place.

        Raises:
            KeyUnavailableError: there is no current key now.
        """
        return self.seal_bytes(place, text.encode())

    def seal_bytes(self, place: str, data: bytes) -> str:
        """The same of bytes; raises as `seal`."""
        return as_text(self.keys.seal(KeyPurpose.STATE, place, data))

    def open(self, place: str, text: str) -> str:
        """What was sealed for this place; what is in clear as it is.

        Raises:
            KeyUnavailableError: its key cannot be had now.
            UndecipherableError: it does not open there.
        """
        if not is_sealed_text(text):
            return text
        try:
            envelope = of_text(text)
        except ValueError:
            raise UndecipherableError("it is not written as what is sealed is") from None
        return self.keys.open(KeyPurpose.STATE, place, envelope).decode()

    def seal_fields(self, group: GroupId, fields: Mapping[str, str]) -> dict[str, str]:
        """The fields of a group's hash, those of alerts by their names."""
        found, names = dict[str, str](), self.keys.names
        for name, text in fields.items():
            stored = stored_field(name, names)
            found[stored] = text if name in _IN_CLEAR else self.seal(field_place(group, stored), text)
        return found | ({NAMED: "1"} if found.keys() - fields.keys() else {})

    def open_fields(self, group: GroupId, fields: Mapping[str, str]) -> dict[str, str]:
        """The fields of a group's hash, of which some may be in clear; the name of an alert comes before its id.

        Raises:
            KeyUnavailableError: a key that this takes cannot be had now.
            DestroyedKeyError: one of them was destroyed.
            UndecipherableError: something was changed, or is of another tenant.
        """
        opened = {name: self.open(field_place(group, name), text) for name, text in fields.items()}
        if NAMED not in fields:
            return opened
        self.expect_names()
        return {self._field_of(name): opened[name] for name in sorted(opened, key=_is_named)}

    def expect_names(self) -> None:
        """Where something has a name, whoever cannot make names waits: to it an alert that is there would be new.

        Raises:
            KeyUnavailableError: what makes the tenant's names is not known here yet.
        """
        if self.keys.names is None:
            raise KeyUnavailableError("what makes the tenant's names is not known here yet")

    def _field_of(self, name: str) -> str:
        kind, alert = split_field(name)
        return f"{kind}{self.alert_of(alert)}"

    def gone(self, fields: Iterable[str], written: Iterable[str]) -> list[str]:
        """Fields of a group's hash that are to go, by whatever they are stored; and of those written what was theirs.

        What was stored before there were names is so no longer once it is stored by its name.
        """
        names = self.keys.names
        before = [name for name in written if stored_field(name, names) != name]
        return list(dict.fromkeys((*(one for name in fields for one in (stored_field(name, names), name)), *before)))

    def alerts(self, alerts: Iterable[AlertId]) -> list[str]:
        """By what these are stored now."""
        return list(map(self.alert, alerts))

    def alert(self, alert: AlertId) -> str:
        """By what one is stored now."""
        return stored_alert(alert, self.keys.names)

    def alert_of(self, stored: str) -> AlertId:
        """The alert that is stored so, by its id or by its name.

        Raises:
            KeyUnavailableError: the tenant's names cannot be read now.
            UndecipherableError: it is not a name of this tenant, or what made it was destroyed.
        """
        if not is_name(stored):
            return AlertId(stored)
        try:
            if (names := self.keys.names) is not None:
                return names.alert_of(stored)
        except ValueError:
            pass
        raise UndecipherableError("it is not a name of this tenant")

    def readable(self, stored: Iterable[str]) -> dict[str, AlertId]:
        """The alerts that are stored so, but for those that nobody can read any more.

        Raises:
            KeyUnavailableError: the tenant's names cannot be read now.
        """
        found = dict[str, AlertId]()
        for one in stored:
            with suppress(UndecipherableError):
                found[one] = self.alert_of(one)
        return found

    def body(self, digest: str) -> str:
        """What stands in place of the digest of a body; none of none."""
        return digest and self.key(NameOf.BODY, digest)

    def key(self, kind: NameOf, digest: str) -> str:
        """What stands in place of a digest of labels."""
        names = self.keys.names
        return digest if names is None else names.of_key(kind, digest)


def stored_alert(alert: AlertId, names: Naming | None) -> str:
    """By what an alert is stored: its name where there are names, else its id."""
    return alert if names is None else names.of_alert(alert)


def stored_field(field: str, names: Naming | None) -> str:
    """The same of a field of a group's hash; what is of no alert is as it is."""
    kind, alert = split_field(field)
    return f"{kind}{stored_alert(AlertId(alert), names)}" if kind else field


def _is_named(field: str) -> bool:
    return is_name(split_field(field)[1])


def field_place(group: GroupId, name: str) -> str:
    """What a field of a group's hash is bound to."""
    return f"g/{group}/{name}"


def is_sealed(fields: Mapping[str, str]) -> bool:
    """Whether anything of these is sealed."""
    return any(is_sealed_text(text) for text in fields.values())
