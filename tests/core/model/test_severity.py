"""A severity means the same in any case and under any of its aliases."""

import pytest

from router.core.model.rules.severity import Severity

SEVERITY = Severity("severity", ("critical", "Warning"), (("page", "critical"), ("P1", "critical")))


@pytest.mark.parametrize("word", ["critical", "CRITICAL", "Critical", "page", "PAGE", "p1", " Critical ", "page\n"])
def test_every_word_for_the_worst_ranks_first_and_has_its_name(word: str) -> None:
    assert SEVERITY.rank({"severity": word}) == 0
    assert SEVERITY.name(word) == "critical"


def test_the_name_is_written_as_in_the_configuration() -> None:
    assert SEVERITY.name("warning") == "Warning"


@pytest.mark.parametrize("labels", [{}, {"severity": ""}, {"severity": "odd"}, {"level": "critical"}])
def test_what_has_no_known_severity_ranks_behind_all(labels: dict[str, str]) -> None:
    assert SEVERITY.rank(labels) == SEVERITY.mildest == 2


def test_an_unknown_word_is_its_own_name() -> None:
    assert SEVERITY.name("Odd") == "Odd"
