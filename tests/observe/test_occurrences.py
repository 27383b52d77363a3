"""What went wrong in a process is noted once, and what could not be noted is not lost."""

from prometheus_client import CollectorRegistry

from router.core.operators.troubles import Kind, others, trouble
from router.observe.occurrences import MAX_NOTED, Occurrences
from router.observe.problems import TenantProblem, TenantProblems
from router.ports.operators import Noted
from tests.bounds import tries

NOT_JSON = trouble(Kind.BODIES, "acme", "not_json")
DEAD = trouble(Kind.TOKENS, "acme", "token_dead")


def test_it_is_taken_once() -> None:
    occurrences = Occurrences()
    occurrences.happened(NOT_JSON)
    occurrences.happened(NOT_JSON)
    occurrences.lasts(DEAD)

    assert occurrences.take() == Noted({NOT_JSON: 2}, (DEAD,))
    assert not occurrences.take()


def test_only_the_end_of_what_is_known_to_last_is_news() -> None:
    occurrences = Occurrences()
    occurrences.ended(DEAD)
    assert not occurrences.take()

    occurrences.know([DEAD])
    occurrences.ended(DEAD)
    occurrences.ended(DEAD)
    assert occurrences.take() == Noted({}, (), (DEAD,))
    occurrences.ended(DEAD)
    assert not occurrences.take()


def test_what_was_noted_here_is_known_to_last() -> None:
    occurrences = Occurrences()
    occurrences.lasts(DEAD)
    occurrences.take()
    occurrences.ended(DEAD)
    occurrences.lasts(DEAD)
    assert occurrences.take() == Noted({}, (DEAD,))


def test_what_could_not_be_noted_is_put_back_below_what_came_since() -> None:
    occurrences = Occurrences()
    occurrences.happened(NOT_JSON)
    occurrences.lasts(DEAD)
    noted = occurrences.take()
    occurrences.happened(NOT_JSON)
    occurrences.ended(DEAD)

    occurrences.put_back(noted)

    assert occurrences.take() == Noted({NOT_JSON: 2}, (), (DEAD,))


@tries("reasons of tenants that one process notes for the operators at once")
def test_so_many_are_counted_apart(beyond: int) -> None:
    occurrences = Occurrences()
    for number in range(MAX_NOTED + beyond):
        occurrences.happened(trouble(Kind.BODIES, f"t{number}", "not_json"))
        occurrences.lasts(trouble(Kind.TOKENS, f"t{number}", "token_dead"))

    noted = occurrences.take()

    assert noted.counts.get(others(Kind.BODIES), 0) == max(0, beyond)
    assert sum(noted.counts.values()) == MAX_NOTED + beyond
    assert len(noted.begun) == MAX_NOTED + min(0, beyond)


def test_problems_of_tenants_are_noted_by_kind_and_those_of_our_own_are_not() -> None:
    problems = TenantProblems(CollectorRegistry())
    problems.count("acme", TenantProblem.DEAD_LETTER, "not_json")
    problems.count("", TenantProblem.DEAD_LETTER, "no_tenant")
    problems.count("acme", TenantProblem.OVER_LIMIT)
    problems.begin("acme", TenantProblem.CHANNEL_DEAD, "#one")
    problems.begin("acme", TenantProblem.STARVED)
    problems.end("acme", TenantProblem.STARVED)

    assert problems.occurrences.take() == Noted(
        {
            trouble(Kind.DEAD_LETTERS, "acme", "not_json"): 1,
            trouble(Kind.DEAD_LETTERS, "", "no_tenant"): 1,
            trouble(Kind.QUOTAS, "acme", "over_limit"): 1,
        },
        (trouble(Kind.RECEIVERS, "acme", "channel_dead", "#one"),),
    )


def test_what_is_only_old_here_is_not_over_elsewhere() -> None:
    now = [0.0]
    problems = TenantProblems(CollectorRegistry(), lambda: now[0])
    problems.begin("acme", TenantProblem.TOKEN_DEAD)
    problems.occurrences.take()
    now[0] = 601
    problems.forget_old()
    assert not problems.occurrences.take()
