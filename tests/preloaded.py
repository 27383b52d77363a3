"""What most commands and the roles import, for `tests.forked`."""

import router.__main__
import router.app.lifecycle
import router.cli.output  # noqa: F401
