"""A mapping of the file that is imported, read key by key, so that nothing in it can be forgotten."""

from collections.abc import Iterator, Mapping
from typing import Final

from router.diagnostic import Diagnostic, KeyPath

_YES: Final = frozenset({"true", "yes", "on", "y"})

Leftovers = list[Diagnostic]
"""What is not carried over: why, and by its path where it stands."""


class Original:
    """The mapping at a path; every scalar in it is the text that was written."""

    def __init__(self, value: Mapping[str, object], path: KeyPath, leftovers: Leftovers) -> None:
        self.path = path
        self._value = value
        self._leftovers = leftovers
        self._unread = dict.fromkeys(key for key, inside in value.items() if inside is not None)

    def __contains__(self, key: str) -> bool:
        return self._value.get(key) is not None

    @property
    def unread(self) -> list[str]:
        """The keys with a value that nobody has read yet."""
        return list(self._unread)

    def text(self, key: str) -> str | None:
        """The text at the key; None where there is none."""
        found = self._read(key)
        if found is None or isinstance(found, str):
            return found
        self.leave(key, "should be text")
        return None

    def texts(self, key: str) -> list[str] | None:
        """The list of texts at the key; None where there is none."""
        found = self._read(key)
        if found is None:
            return None
        if isinstance(found, list) and all(isinstance(one, str) for one in found):
            return [str(one) for one in found]
        self.leave(key, "should be a list of texts")
        return None

    def pairs(self, key: str) -> dict[str, str]:
        """The mapping of texts at the key; a value that is left out is empty, as in Go."""
        found = self._read(key)
        if found is None:
            return {}
        if isinstance(found, dict) and all(one is None or isinstance(one, str) for one in found.values()):
            return {str(name): one or "" for name, one in found.items()}
        self.leave(key, "should be a mapping of texts")
        return {}

    def flag(self, key: str) -> bool:
        """Whether the key is true; what is left out is not."""
        found = self.text(key)
        return found is not None and found.lower() in _YES

    def each(self, key: str) -> Iterator["Original"]:
        """The mappings in the list at the key."""
        found = self._read(key)
        if found is not None and not isinstance(found, list):
            self.leave(key, "should be a list")
            return
        for index, one in enumerate(found or ()):
            if isinstance(one, dict):
                yield Original(one, (*self.path, key, index), self._leftovers)
            elif one is not None:
                self._leave((*self.path, key, index), "should be a mapping")

    def below(self, key: str) -> "Original":
        """The mapping at the key; an empty one where there is none."""
        found = self._read(key)
        if found is not None and not isinstance(found, dict):
            self.leave(key, "should be a mapping")
        return Original(found if isinstance(found, dict) else {}, (*self.path, key), self._leftovers)

    def leave(self, key: str, why: str) -> None:
        """Note that the key is not carried over."""
        self._unread.pop(key, None)
        self._leave((*self.path, key), why)

    def leave_all(self, why: str, *because_of: str) -> None:
        """Note that nothing of the mapping is carried over, at the key that it is `because_of`."""
        self._unread.clear()
        self._leave((*self.path, *because_of), why)

    def leave_rest(self, reasons: Mapping[str, str], otherwise: str) -> None:
        """Note every key that was not read, each with its reason."""
        for key in self.unread:
            self.leave(key, reasons.get(key, otherwise))

    def _read(self, key: str) -> object:
        self._unread.pop(key, None)
        return self._value.get(key)

    def _leave(self, path: KeyPath, why: str) -> None:
        self._leftovers.append(Diagnostic(f"not carried over: {why}", path, about_key=True))
