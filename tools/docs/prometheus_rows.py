"""The rows of `docs/bounds.md` about Prometheus, and about what else is shown beside alerts."""

from typing import Final

from tools.docs.bound import Bound

_CONTEXT: Final = "core/context/"
_KEPT: Final = "contracts/test_surroundings.py::"
_CHARTING: Final = "roles/charting/"
_CLIENT: Final = "adapters/test_prometheus.py::"

PROMETHEUS: Final = (
    Bound("list of rules of Prometheus", "bytes", "adapters.prometheus.client", "MAX_RULES_BYTES",
          "it counts as no answer: no chart", f"{_CLIENT}test_a_larger_answer_is_not_read"),
    Bound("values of Prometheus", "bytes", "adapters.prometheus.client", "MAX_VALUES_BYTES",
          "they count as no answer: no chart", f"{_CLIENT}test_a_larger_answer_is_not_read"),
    Bound("question to Prometheus by GET", "characters", "adapters.prometheus.asking", "MAX_GET",
          "it goes by POST", f"{_CLIENT}test_a_longer_question_goes_by_post"),
    Bound("questions to one Prometheus at once", "", "adapters.prometheus.asking", "MAX_AT_ONCE",
          "the others wait, within their own time", f"{_CLIENT}test_so_many_questions_are_asked_at_once"),
    Bound("series of Prometheus", "", "adapters.prometheus.reading", "MAX_SERIES",
          "more are left out", f"{_CLIENT}test_so_many_series_are_taken"),
    Bound("labels of a series", "", "adapters.prometheus.reading", "MAX_LABELS",
          "more are left out", f"{_CLIENT}test_so_many_labels_are_taken"),
    Bound("name or value of a series' label", "characters", "adapters.prometheus.reading", "MAX_LABEL",
          "the label is left out", f"{_CLIENT}test_a_longer_label_is_left_out"),
    Bound("value of Prometheus", "characters", "adapters.prometheus.reading", "MAX_NUMBER",
          "it counts as none", f"{_CLIENT}test_a_longer_value_is_none"),
    Bound("rules of Prometheus that are remembered", "bytes", "adapters.prometheus.listed", "MAX_REMEMBERED_BYTES",
          "those asked for longest ago are asked for again",
          f"{_CLIENT}test_rules_are_remembered_up_to_a_size"),
    Bound("file of certificates for Prometheus", "bytes", "adapters.prometheus.trust", "MAX_CA_BYTES",
          "it is not asked: no chart", f"{_CLIENT}test_a_larger_file_of_certificates_is_not_read"),
    Bound("alert groups of one tenant that a worker asks Prometheus about at once", "", "roles.charting.charting",
          "MAX_CHARTS_ASKED", "others have no chart until they change again",
          f"{_CHARTING}test_charting.py::test_so_many_groups_are_asked_about_at_once"),
    Bound("alert groups whose charts a worker remembers", "", "roles.charting.known", "MAX_CHARTS_KNOWN",
          "the tenant with most of them loses the one used longest ago",
          f"{_CHARTING}test_known.py::test_of_more_the_tenant_with_most_makes_room"),
    Bound("accesses to Prometheus of which a worker remembers how they answered", "", "roles.charting.charting",
          "MAX_RESTS", "all begin as if none had failed",
          f"{_CHARTING}test_charting.py::test_of_so_many_it_is_remembered_how_they_answered"),
    Bound("workspaces of which a worker remembers which blocks they refuse", "", "roles.notify.taken", "MAX_REFUSING",
          "all blocks are tried again in all of them",
          "roles/notify/test_taken.py::test_of_so_many_workspaces_it_is_remembered"),
    Bound("other groups that a message names", "", "core.context.related", "MAX_NAMED",
          "the alerts of more are counted",
          f"{_CONTEXT}test_surroundings.py::test_of_more_groups_the_alerts_are_counted",
          enforced="core.context.surroundings"),
    Bound("name of a group that others name", "characters", "core.context.listing", "MAX_NAME",
          "it is cut", f"{_CONTEXT}test_listing.py::test_a_longer_name_is_cut"),
    Bound("groups of a tenant that others may name", "", "core.context.listing", "MAX_LISTED",
          "others are not named", f"{_KEPT}test_of_more_groups_the_last_are_not_named",
          enforced="adapters.redis.surroundings"),
    Bound("groups under one value of a label that are read", "", "core.context.listing", "MAX_READ",
          "the mildest are not counted", f"{_KEPT}test_of_more_groups_the_mildest_are_not_read",
          enforced="adapters.redis.surroundings"),
    Bound("groups of a tenant whose earlier episodes are kept", "", "core.context.episodes", "MAX_HISTORIES",
          "those that ended first make room", f"{_KEPT}test_of_more_groups_those_that_ended_first_make_room",
          enforced="adapters.redis.surroundings"),
    Bound("earlier episodes of a group that are kept", "", "core.context.episodes", "MAX_EPISODES",
          "the oldest make room", "core/context/test_episodes.py::test_of_more_the_oldest_makes_room"),
)  # fmt: skip
