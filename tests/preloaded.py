"""What most commands and the roles import, for `tests.forked`; with a record, what each `up` imports for it."""

import os

import router.__main__
import router.app.lifecycle
import router.cli.output

if "TEST_RECORD" in os.environ:
    import router.app.recorded  # noqa: F401
