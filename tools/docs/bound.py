"""One bound: what the table of bounds knows of it, and what the code does."""

from dataclasses import dataclass
from importlib import import_module

from pydantic.fields import FieldInfo

from router.settings import Settings


@dataclass(frozen=True, slots=True)
class Bound:
    """One row.

    `name` is the constant in the module `router.<where>`, or `Class.field` for the field's default; without one the
    setting's own default is the bound. `setting` is its path in the settings, `key` that in a tenant's file.
    `enforced` is the module that enforces it where it is another one, `read` the name by which it reads the bound
    where that is not the constant. `test` tries it just below, at and above.
    """

    what: str
    unit: str
    where: str
    name: str
    beyond: str
    test: str
    setting: str = ""
    enforced: str = ""
    key: str = ""
    read: str = ""

    @property
    def value(self) -> float | str:
        """The bound, by default; as text where people write it with a unit."""
        module = import_module(f"router.{self.where}")
        owner, _, name = self.name.rpartition(".")
        value: float | str = (
            getattr(getattr(module, owner)() if owner else module, name) if self.name else self.default
        )
        return value

    @property
    def default(self) -> float | str:
        """What the setting is unless it is set; in words where that follows from other settings."""
        value: float | None = self._field.get_default(call_default_factory=True)
        return "as many as the workspace's budgets let begin" if value is None else value

    @property
    def ceiling(self) -> float | None:
        """The most that the setting may be; None where there is no end."""
        return next((one.le for one in self._field.metadata if hasattr(one, "le")), None)

    @property
    def _field(self) -> FieldInfo:
        section, name = self.setting.split(".")
        field: FieldInfo = type(Settings.model_fields[section].default).model_fields[name]
        return field
