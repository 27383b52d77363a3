"""Rows of the batches that a worker takes from Kafka, and of the bodies that it knows."""

from typing import Final

from tools.docs.bound import Bound

BATCHES: Final = (
    Bound(
        "bodies that a worker knows to bring nothing new",
        "",
        "roles.ingest.known",
        "MAX_BODIES",
        "the oldest of the tenant that brings more is forgotten",
        "roles/ingest/test_known.py::test_so_many_bodies_are_remembered",
    ),
    Bound(
        "alert groups of such a body",
        "",
        "roles.ingest.known",
        "MAX_GROUPS",
        "the body is looked at each time",
        "roles/ingest/test_known.py::test_a_body_of_very_many_groups_is_not_known",
        enforced="roles.ingest.learning",
    ),
    Bound(
        "time for which such a body is known",
        "microseconds",
        "roles.ingest.known",
        "LIFE",
        "it is looked at again",
        "roles/ingest/test_shortcut.py::test_a_body_is_known_for_a_minute",
    ),
    Bound(
        "batches at once",
        "",
        "adapters.kafka.overlap",
        "MAX_BATCHES",
        "no further one begins",
        "adapters/test_overlap.py::test_so_many_batches_are_under_way_at_most",
    ),
    Bound(
        "bytes of batches at once",
        "bytes",
        "adapters.kafka.overlap",
        "MAX_OVERLAP",
        "no further one begins",
        "adapters/test_overlap.py::test_so_many_bytes_are_under_way_at_most",
    ),
)
