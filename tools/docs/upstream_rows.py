"""The rows of `docs/bounds.md` about tenants' Alertmanagers, which are asked what they leave out, and of traces."""

from typing import Final

from tools.docs.bound import Bound

_CLIENT: Final = "adapters/test_alertmanager.py::"

UPSTREAM: Final = (
    Bound("address of an Alertmanager", "characters", "config.urls", "MAX_ADDRESS",
          "the file is refused, with line, column and remedy",
          "config/test_urls.py::test_an_address_has_so_many_characters"),
    Bound("answer of Alertmanager", "bytes", "adapters.alertmanager.client", "MAX_LIST_BYTES",
          "it counts as no answer", f"{_CLIENT}test_a_larger_answer_is_not_read"),
    Bound("silences of Alertmanager looked up at once", "", "adapters.alertmanager.client", "MAX_SILENCES",
          "of more it is only known that they mute",
          f"{_CLIENT}test_of_more_silences_it_is_only_known_that_they_mute"),
    Bound("labels by which Alertmanager is asked", "", "adapters.alertmanager.client", "MAX_ASKED_LABELS",
          "it is asked by the first", f"{_CLIENT}test_by_so_many_labels_is_asked"),
    Bound("alert groups of a tenant about which Alertmanager is to be asked", "", "roles.notify.asking",
          "MAX_WAITING", "shown as by bodies alone",
          "roles/notify/test_asking.py::test_so_many_groups_wait_to_be_asked_about"),
    Bound("words of a mute in Alertmanager", "characters", "core.fold.upstream", "MAX_WORDS", "cut",
          "core/decide/test_sight.py::test_what_a_person_wrote_there_is_kept_up_to_a_bound"),
    Bound("event of Alertmanager", "bytes", "roles.ingest.event_topics", "MAX_EVENT_BYTES",
          "passed, and counted as `unreadable`", "roles/test_upstream_events.py::test_a_larger_event_is_not_read"),
    Bound("alerts that are appended after one comparison with Alertmanager's list", "", "roles.comparing.appending",
          "MAX_APPENDED", "the rest after the next comparisons",
          "roles/comparing/test_comparing.py::test_so_many_are_appended_after_one_comparison"),
    Bound("silences of which is remembered where they mute", "", "roles.ingest.marking", "MAX_SILENCES",
          "the oldest is heard of again at Alertmanager's next flush",
          "roles/ingest/test_marking.py::test_so_many_silences_are_remembered"),
)  # fmt: skip

TRACES: Final = (
    Bound("contexts of traces that a group waits with", "", "ports.tracing", "MAX_CONTEXTS",
          "the trace of what it shows names no more", "contracts/test_traces.py::test_of_more_the_first_are_kept",
          enforced="adapters.redis.traces"),
)  # fmt: skip
