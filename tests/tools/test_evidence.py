"""Whether the tests that a control names have passed is read from the reports of the run."""

import pytest

from tools.compliance.controls import Control, Controls
from tools.compliance.evidence import passed, without

REPORT = """\
<testsuites><testsuite>
<testcase classname="tests.api.test_pace" name="test_well" />
<testcase classname="tests.api.test_pace" name="test_each[one]" />
<testcase classname="tests.api.test_pace" name="test_each[other]">{fault}</testcase>
</testsuite></testsuites>"""


def controls(*tests: str) -> Controls:
    one = Control(criterion="CC6.1", control="It is so.", mechanisms=("router",), tests=tests)
    return Controls(version=1, controls=(one,), yours={})


def test_what_passed_with_all_its_parameters_is_evidence() -> None:
    found = passed([REPORT.format(fault="")])

    assert found == {"api/test_pace.py::test_well", "api/test_pace.py::test_each"}
    assert list(without(controls(*found), found)) == []


@pytest.mark.parametrize("fault", ["<failure/>", "<error/>", "<skipped/>"])
def test_what_failed_or_was_skipped_with_one_of_them_is_none(fault: str) -> None:
    found = passed([REPORT.format(fault=fault)])

    assert found == {"api/test_pace.py::test_well"}
    assert len(list(without(controls("api/test_pace.py::test_each"), found))) == 1


def test_what_was_not_run_is_none() -> None:
    [line] = without(controls("api/test_pace.py::test_else"), passed([REPORT.format(fault="")]))

    assert "api/test_pace.py::test_else" in line
    assert line.startswith("CC6.1")
