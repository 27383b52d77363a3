"""The rows of `docs/bounds.md` about the control API and whom it lets in."""

from typing import Final

from tools.docs.bound import Bound

_OIDC: Final = "adapters/oidc/"

CONTROL: Final = (
    Bound("access token", "characters", "adapters.oidc.verifying", "MAX_TOKEN",
          "it is refused unread", f"{_OIDC}test_tokens.py::test_a_longer_token_is_not_read"),
    Bound("subject of an access token", "characters", "adapters.oidc.verifying", "MAX_SUBJECT",
          "the token is refused", f"{_OIDC}test_tokens.py::test_a_longer_subject_is_none"),
    Bound("what an issuer publishes", "bytes", "adapters.oidc.fetching", "MAX_PUBLISHED",
          "it counts as no answer: keys that are known go on",
          f"{_OIDC}test_fetching.py::test_a_longer_answer_is_none"),
    Bound("keys of an issuer", "", "adapters.oidc.fetching", "MAX_KEYS",
          "the first are read", f"{_OIDC}test_fetching.py::test_of_more_keys_the_first_are_read"),
)  # fmt: skip
