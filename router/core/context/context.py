"""The context of one notification, as a value; whatever is not known of it is not shown."""

from dataclasses import dataclass
from typing import Final

from router.core.context.chart import Chart
from router.core.context.episodes import Episode
from router.core.context.related import Related


@dataclass(frozen=True, slots=True)
class Context:
    """What is shown beside the alerts of a group.

    `episodes` are its earlier ones, the newest first; `workspace_url` is where permalinks into the workspace begin
    (`https://acme.slack.com/`), "" where it is not known.
    """

    chart: Chart | None = None
    related: tuple[Related, ...] = ()
    episodes: tuple[Episode, ...] = ()
    workspace_url: str = ""


NO_CONTEXT: Final = Context()
