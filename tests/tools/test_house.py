"""What is measured, and which breaches are named, on projects of a few lines."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from tools.house.budgets import breaches, import_cycle
from tools.house.figures import table
from tools.house.source import Module, read_modules

Project = Callable[[Mapping[str, str]], Path]


@pytest.fixture
def project(tmp_path: Path) -> Project:
    def write(files: Mapping[str, str]) -> Path:
        for name, text in {"router/__init__.py": "", **files}.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return tmp_path

    return write


def found(top: Path) -> list[str]:
    return list(breaches(read_modules(top), top / "tests"))


def module(top: Path, name: str) -> Module:
    return next(one for one in read_modules(top) if one.name == name)


def test_a_function_is_measured_from_def_to_its_last_line(project: Project) -> None:
    top = project({"router/a.py": "@once\n@twice\ndef f() -> None:\n    '''Do it.'''\n\n    g()\n\n\nx = 1\n"})

    [function] = module(top, "router.a").functions
    assert (function.name, function.line, function.lines) == ("f", 3, 4)


def test_functions_within_are_named_by_what_is_around_them(project: Project) -> None:
    top = project(
        {"router/a.py": "class A:\n    async def f(self):\n        def g(): ...\nif x:\n    def h(): ...\n"}
    )

    assert [one.name for one in module(top, "router.a").functions] == ["A.f", "A.f.g", "h"]


@pytest.mark.parametrize(
    ("text", "parameters"),
    [
        ("def f(a, /, b, *, c): ...", 3),
        ("def f(a, *more, **named): ...", 1),
        ("class A:\n    def __init__(self, a, b): ...", 2),
        ("class A:\n    @classmethod\n    def f(cls, a): ...", 1),
        ("class A:\n    @staticmethod\n    def f(a): ...", 1),
        ("def f(a: Annotated[int, typer.Option(help='x')], b: int): ...", 1),
    ],
    ids=["every kind", "without the rest", "constructor", "class method", "static method", "an option of a command"],
)
def test_parameters_are_those_that_a_caller_must_know(project: Project, text: str, parameters: int) -> None:
    [function] = module(project({"router/a.py": text}), "router.a").functions
    assert function.parameters == parameters


def test_a_function_over_forty_lines_is_named_with_its_place(project: Project) -> None:
    forty = "def f():\n" + "    g()\n" * 39
    top = project({"router/a.py": forty, "router/b.py": forty + "    g()\n"})

    assert found(top) == ["router/b.py:1: f: 41 lines; at most 40"]


def test_a_seventh_parameter_is_too_many_for_a_constructor_too(project: Project) -> None:
    top = project({"tools/a.py": "class A:\n    def __init__(self, a, b, c, d, e, f, g): ...\n"})

    assert found(top) == ["tools/a.py:2: A.__init__: 7 parameters; at most 6"]


def test_a_file_over_three_hundred_lines_is_named(project: Project) -> None:
    top = project({"packages/view/view/__init__.py": "x = 1\n" * 301})

    assert found(top) == ["packages/view/view/__init__.py: 301 lines; at most 300"]


def test_a_package_of_the_core_has_at_most_fifteen_modules(project: Project) -> None:
    names = [f"router/core/fold/m{number}.py" for number in range(16)]
    files = dict.fromkeys(["router/core/__init__.py", "router/core/fold/__init__.py", *names], "")
    top = project({**files, "tests/core/fold/test_fold.py": ""})

    assert found(top) == ["router.core.fold: 16 modules; at most 15"]


def test_the_tests_of_the_core_mirror_it(project: Project) -> None:
    top = project({
        "router/core/__init__.py": "",
        "router/core/engine.py": "",
        "router/core/fold/__init__.py": "",
        "tests/core/parse/test_webhook.py": "",
    })  # fmt: skip

    tests = top / "tests/core"
    assert found(top) == [
        f"router.core.fold: no tests in {tests / 'fold'}",
        f"{tests / 'parse'}: no package router.core.parse",
        f"router.core.engine: no {tests / 'test_engine.py'}",
    ]


def test_modules_that_import_each_other_in_a_circle_are_named(project: Project) -> None:
    top = project({
        "router/a.py": "from router import b",
        "router/b.py": "def f():\n    import router.c",
        "router/c.py": "from router.a import x",
        "router/d.py": "from router.a import x\nimport json",
    })  # fmt: skip

    circle = import_cycle(read_modules(top))
    assert (circle[0], set(circle)) == (circle[-1], {"router.a", "router.b", "router.c"})
    assert found(top) == [f"import cycle: {' -> '.join(circle)}"]


def test_a_package_that_offers_what_its_modules_define_is_no_circle(project: Project) -> None:
    top = project({
        "router/x/__init__.py": "from router.x.a import f",
        "router/x/a.py": "from router.x import b",
        "router/x/b.py": "",
    })  # fmt: skip

    assert import_cycle(read_modules(top)) == ()


def test_the_table_has_a_row_for_each_room_and_one_for_all(project: Project) -> None:
    top = project({
        "router/core/a.py": "def f(x, y): ...\n",
        "router/core/fold/b.py": "def g(): ...\n\n",
        "packages/view/view/__init__.py": "",
        "tools/a/b.py": "x = 1\n",
    })  # fmt: skip

    rows = [line.split() for line in table(read_modules(top)).splitlines()]
    assert [row[0] for row in rows[1:-1]] == ["packages/view", "router", "router/core", "tools", "all"]
    assert rows[3] == ["router/core", "2", "3", "1", "2", "2", "2", "1", "1", "1", "0", "2"]
