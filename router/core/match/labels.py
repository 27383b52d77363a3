"""A label set, as Prometheus has it."""

from collections.abc import Mapping

Labels = Mapping[str, str]
