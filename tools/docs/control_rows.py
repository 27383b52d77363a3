"""The rows of `docs/bounds.md` about the control API and whom it lets in."""

from typing import Final

from tools.docs.bound import Bound

_API: Final = "api/"
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
    Bound("body of a request to the control API", "bytes", "api.bounded", "MAX_BODY",
          "413 `body-too-large`",
          f"{_API}test_bounded.py::test_a_larger_body_is_read_for_nobody"),
    Bound("document that is sent to the control API", "bytes", "api.bodies", "MAX_DOCUMENT",
          "413 `body-too-large`", f"{_API}test_configuration.py::test_a_larger_document_is_not_read"),
    Bound("secret that is sent to the control API", "characters", "api.credentials", "MAX_SECRET",
          "400 `invalid-request`", f"{_API}test_credentials.py::test_a_longer_secret_is_refused"),
    Bound("rows of a page of the control API", "", "api.pages", "MAX_PAGE",
          "400 `invalid-request`", f"{_API}test_tenants.py::test_a_page_has_so_many_rows_at_most"),
    Bound("principals and addresses whose pace the control API remembers", "", "api.pace", "MAX_PACED",
          "the one that asked longest ago begins again",
          f"{_API}test_pace.py::test_of_so_many_the_pace_is_remembered"),
    Bound("cursor of a page of the control API", "characters", "api.pages", "MAX_CURSOR",
          "400 `invalid-request`", f"{_API}test_tenants.py::test_a_cursor_has_so_many_characters_at_most"),
    Bound("dead letters that are redriven by one request", "", "api.letters", "MAX_REDRIVEN",
          "400 `invalid-request`", f"{_API}test_letters.py::test_so_many_are_redriven_by_one_request"),
    Bound("what names a person, for the control API", "characters", "api.subjects", "MAX_VALUE",
          "400 `invalid-request`", f"{_API}test_subjects.py::test_what_names_a_person_has_so_many_characters"),
    Bound("groups of a tenant that the control API reads for one page", "", "control.groups", "MAX_EXAMINED",
          "the page ends, with the cursor of the next", "control/test_groups.py::test_so_many_are_read_for_one_page"),
    Bound("alerts of a group that the control API shows", "", "control.group_json", "MAX_ALERTS",
          "the others are counted, in `alerts_besides`",
          "control/test_groups.py::test_of_more_alerts_the_first_are_shown_and_the_others_counted"),
    Bound("webhooks that the control API explains or previews at once", "", "api.explaining", "MAX_WEBHOOKS",
          "400 `invalid-request`", f"{_API}test_explaining.py::test_so_many_webhooks_are_taken"),
    Bound("labels of an alert that the control API is asked about", "", "api.explaining", "MAX_LABELS",
          "400 `invalid-request`", f"{_API}test_explaining.py::test_so_many_labels_are_asked_about"),
    Bound("requests that read much of an engine at a time", "", "api.turns", "MAX_AT_ONCE",
          "the next waits for its turn", f"{_API}test_turns.py::test_so_many_are_answered_at_a_time"),
    Bound("such requests of one tenant", "", "api.turns", "MAX_WAITING",
          "429 `too-many-requests`", f"{_API}test_turns.py::test_so_many_of_one_tenant_wait"),
    Bound("open proposals of a tenant", "", "control.proposals", "MAX_PROPOSALS",
          "409 `not-possible`", f"{_API}test_proposals.py::test_a_tenant_has_so_many_open_proposals_and_no_more"),
    Bound("API keys of one tenant, or of the installation", "", "control.keys", "MAX_KEYS_OF_ONE",
          "409 `not-possible`", "control/test_keys.py::test_there_are_so_many_keys_at_most"),
)  # fmt: skip
