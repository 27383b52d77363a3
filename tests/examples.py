"""How many examples a property draws, and which ones.

A run by hand and `make test` draw a part of them, the same in each run; `make long` draws all, the same as well;
`make test-random` draws all, and others in each run. A test with settings of its own would not follow them.
"""

from typing import Final

from hypothesis import HealthCheck, Phase, settings

IN_EACH_RUN: Final = "ci"
WHOLE: Final = "whole"
RANDOM: Final = "random"

FEW: Final = 10
"""So many are drawn in each run, where a property has as many."""

_PART: Final = 6
_USUAL: Final = 100
"""What Hypothesis draws for a property that names no number."""

_ON_A_BUSY_MACHINE: Final = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
"""How long an example takes says nothing there."""

_THE_SAME: Final = settings(_ON_A_BUSY_MACHINE, derandomize=True, print_blob=True, database=None)

settings.register_profile(IN_EACH_RUN, _THE_SAME, max_examples=_USUAL // _PART)
settings.register_profile(WHOLE, _THE_SAME, max_examples=_USUAL)
settings.register_profile(RANDOM, _ON_A_BUSY_MACHINE, max_examples=_USUAL, derandomize=False, print_blob=True)


def examples(number: int, *harmless: HealthCheck) -> settings:
    """So many examples where all are drawn, else a part of them; Hypothesis does not complain of what is harmless."""
    in_each_run = min(number, max(FEW, number // _PART))
    return settings(
        max_examples=in_each_run if settings.get_current_profile_name() == IN_EACH_RUN else number,
        suppress_health_check=[HealthCheck.too_slow, *harmless],
    )


def requests(number: int) -> settings:
    """So many requests of a kind to something that runs, in every run: one that fails is shown as it was sent."""
    return settings(
        max_examples=number,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
