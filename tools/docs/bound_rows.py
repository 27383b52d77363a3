"""The rows of `docs/bounds.md`, in the order of an alert's way; a constant `MAX_...` without a row fails a test."""

from typing import Final

from tools.docs.bound import Bound

_ALERTS: Final = "core/parse/test_bounds.py::"
_FILE: Final = "config/test_bounds.py::"
_TEMPLATE: Final = "core/template/test_bounds.py::test_a_template_is_read_up_to_the_bound_and_beyond_it_refused"
_MESSAGE: Final = "core/slack/test_message.py::test_each_fault_is_named"
_SLACK: Final = "adapters/test_slack_bounds.py::"
_LABELS: Final = f"{_ALERTS}test_labels_are_taken_whole_up_to_their_bound_and_beyond_it_refused_alone"
_REFUSED_FILE: Final = f"{_FILE}test_one_more_is_refused_where_it_is_with_the_remedy"
_BAD_ALERT: Final = "that alert is a bad one: dead letter `bad_alert`, 400 `no-readable-alert` where it is alone"
_QUOTA: Final = "429 `quota-exceeded`; its `rate` is what is on average"
_BURST: Final = "roles/gateway/test_quota.py::test_a_burst_is_taken_and_then_it_says_when_to_come_back"
_LEFT_OUT: Final = "left out, and counted in an annotation `…`"
_NO_FILE: Final = "the file is refused, with line, column and remedy"
_NO_TEMPLATE: Final = "the template is refused"
_BUILT_IN: Final = "the built-in part stands in"
_PLAIN: Final = "not sent so: the plain message stands in"

BODIES: Final = (
    Bound("body at the gateway", "bytes", "roles.gateway.body", "", "413 `body-too-large`",
          "roles/gateway/test_accept.py::test_a_body_of_the_largest_size_is_read", "gateway.max_body"),
    Bound("time that a body takes to arrive", "seconds", "roles.gateway.body", "", "408 `body-too-slow`",
          "roles/gateway/test_accept.py::test_a_body_that_does_not_come_is_given_up", "gateway.body_timeout_s"),
    Bound("bodies in hand in a gateway; a tenant's may have a fourth of it", "bytes", "roles.gateway.body", "",
          "503 `too-much-in-hand`", "roles/gateway/test_accept.py::"
          "test_too_many_bytes_in_hand_are_refused_and_are_free_again_afterwards", "gateway.bodies_in_hand"),
    Bound("bytes of a refused body that are read and forgotten", "bytes", "http.answers", "MAX_FORGOTTEN",
          "the connection is closed", "http/test_answers.py::test_so_many_bytes_of_a_refused_body_are_read"),
    Bound("time that this takes", "seconds", "http.answers", "FORGOTTEN_S", "the connection is closed",
          "http/test_answers.py::test_a_sender_that_stops_within_a_refused_body_is_not_waited_for"),
    Bound("requests of a tenant at once", "", "config.document", "RequestLimit.burst", _QUOTA, _BURST,
          enforced="roles.gateway.quota", key="platform.limits.requests"),
    Bound("bytes of a tenant's bodies at once", "", "config.document", "ByteLimit.burst", _QUOTA, _BURST,
          enforced="roles.gateway.quota", key="platform.limits.bytes"),
    Bound("alerts of a tenant at once", "", "config.document", "InboundLimit.burst", _QUOTA, _BURST,
          enforced="roles.gateway.quota", key="platform.limits.inbound"),
    Bound("part of Redis' memory in use", "", "core.budget.memory", "GATE_AT",
          "429 `redis-memory` to who holds most of it", "roles/gateway/test_accept.py::"
          "test_while_redis_is_nearly_full_the_largest_tenant_is_refused_and_nobody_else", enforced="roles.memory"),
    Bound("body of a record", "bytes", "roles.ingest.read", "", "dead letter `too_large`",
          "roles/ingest/test_read.py::test_a_body_of_the_largest_size_is_read", "gateway.max_body"),
    Bound("compressed batch of records, unpacked; or four bodies, if that is more", "bytes", "adapters.kafka.unpack",
          "UNPACKED_MAX", "dead letter `batch_too_large`", "adapters/test_unpack.py::test_the_bound_is_exact",
          enforced="adapters.kafka.faststream"),
    Bound("alerts of a body", "", "core.parse.bounds", "MAX_ALERTS", "400 or dead letter `too_many_alerts`",
          f"{_ALERTS}test_a_body_holds_so_many_alerts", "limits.alerts_per_body", "core.parse.webhook"),
)  # fmt: skip

ALERTS: Final = (
    Bound("name of a label", "bytes", "core.parse.bounds", "MAX_LABEL_NAME", _BAD_ALERT, _LABELS,
          "limits.label_name_bytes"),
    Bound("value of a label", "bytes", "core.parse.bounds", "MAX_LABEL_VALUE", "the same", _LABELS,
          "limits.label_value_bytes"),
    Bound("labels of an alert", "", "core.parse.bounds", "MAX_LABELS", "the same", _LABELS,
          "limits.labels_per_alert"),
    Bound("labels of an alert together", "bytes", "core.parse.bounds", "MAX_LABELS_BYTES", "the same", _LABELS,
          "limits.labels_bytes"),
    Bound("name of an annotation", "bytes", "core.parse.bounds", "MAX_LABEL_NAME", _LEFT_OUT,
          f"{_ALERTS}test_an_annotation_with_too_long_a_name_is_left_out_and_counted", "limits.label_name_bytes"),
    Bound("value of an annotation", "bytes", "core.parse.bounds", "MAX_ANNOTATION", "cut, with … at its end",
          f"{_ALERTS}test_an_annotation_is_cut_with_a_mark_beyond_its_bound", "limits.annotation_bytes"),
    Bound("annotations of an alert", "", "core.parse.bounds", "MAX_ANNOTATIONS", _LEFT_OUT,
          f"{_ALERTS}test_annotations_beyond_their_number_are_left_out_and_counted", "limits.annotations_per_alert"),
    Bound("annotations of an alert together", "bytes", "core.parse.bounds", "MAX_ANNOTATIONS_BYTES", _LEFT_OUT,
          f"{_ALERTS}test_annotations_for_which_there_is_no_room_are_left_out_and_counted",
          "limits.annotations_bytes"),
    Bound("address that a sender links", "characters", "core.parse.lenient", "MAX_URL", "left out",
          f"{_ALERTS}test_a_link_that_is_too_long_is_left_out"),
    Bound("numbers that Grafana measured", "", "core.parse.lenient", "MAX_VALUES", "the first are kept",
          f"{_ALERTS}test_of_the_numbers_that_were_measured_the_first_are_kept"),
    Bound("fingerprint", "characters", "core.parse.alert", "MAX_FINGERPRINT", "it is computed instead",
          f"{_ALERTS}test_a_fingerprint_that_is_too_long_is_computed"),
    Bound("labels and annotations kept in a group", "alerts", "core.fold.fold", "MAX_CONTENTS",
          "of more alerts their state alone is kept; the card counts them",
          "core/fold/test_fold.py::test_of_more_than_the_kept_alerts_only_the_registers_are_stored"),
    Bound("sender groups that are watched in a group", "", "core.fold.senders", "MAX_SENDERS",
          "those heard from last are watched",
          "core/fold/test_fold.py::test_of_very_many_sender_groups_those_heard_from_last_are_watched"),
)  # fmt: skip

_CAPPED: Final = "contracts/test_caps.py::test_what_would_exceed_the_caps_is_not_stored"

TENANTS_DATA: Final = (
    Bound("alerts of a tenant that fire", "", "config.document", "Limits.active_alerts",
          "a new one: dead letter `over_active_alerts`, counted on the card", _CAPPED,
          enforced="adapters.redis.plan", key="platform.limits.active_alerts"),
    Bound("alert groups of a tenant", "", "config.document", "Limits.active_groups",
          "a new one: dead letter `over_groups`", _CAPPED,
          enforced="adapters.redis.plan", key="platform.limits.active_groups"),
    Bound("what a tenant keeps in Redis", "", "config.document", "Limits.stored_bytes",
          "new alerts: dead letter `over_bytes`, counted on the card", _CAPPED,
          enforced="adapters.redis.plan", key="platform.limits.stored_bytes"),
)  # fmt: skip
"""What one tenant may keep alive in Redis."""

RECORDS: Final = (
    Bound("attempts at a record that meets an error of ours", "", "roles.ingest.ingest", "RECORD_ATTEMPTS",
          "dead letter `internal_error`",
          "roles/ingest/test_ingest.py::test_attempts_at_a_record_that_meets_an_error_of_ours_are_bounded"),
    Bound("attempts at a dead letter while Kafka answers", "", "roles.ingest.dead_letters", "LETTER_ATTEMPTS",
          "logged with its origin, and passed",
          "roles/ingest/test_dead_letters.py::test_attempts_are_bounded_while_kafka_answers"),
    Bound("body of a dead letter that the topic does not take", "bytes", "roles.ingest.dead_letters", "FIRST_BYTES",
          "cut: `body_left_out`, `body_bytes`, `body_sha256`", "roles/ingest/test_dead_letters.py::"
          "test_of_a_body_that_no_topic_takes_the_first_bytes_and_the_digest_are_kept"),
    Bound("records of a tenant that are held", "", "roles.ingest.held", "HELD", "dead letter `held_too_many`",
          "roles/ingest/test_held.py::test_one_record_too_many_is_dead_lettered"),
    Bound("tenants that `/ready` names as held", "", "http.operations", "MAX_NAMED", "the others are counted",
          "http/test_operations.py::test_tenants_that_are_held_are_named_and_the_process_is_ready_all_the_same"),
    Bound("records remembered as ended behind one that is held", "", "roles.ingest.held", "REMEMBERED",
          "the held one is appended again at the end",
          "roles/ingest/test_held.py::test_a_record_before_very_many_that_have_ended_is_appended_again"),
)  # fmt: skip

FILES: Final = (
    Bound("tenant's file", "bytes", "config.tree", "MAX_BYTES", _NO_FILE,
          f"{_FILE}test_a_text_may_have_as_many_bytes_as_the_bound"),
    Bound("depth of a tenant's file", "levels", "config.tree", "MAX_DEPTH", _NO_FILE,
          f"{_FILE}test_a_text_may_be_nested_as_deep_as_the_bound"),
    Bound("stored document", "characters", "config.stored", "MAX_STORED", "not loaded: the last good version stays",
          f"{_FILE}test_a_stored_text_may_be_as_long_as_the_bound"),
    Bound("compiling a stored document", "seconds of CPU", "config.pace", "MAX_CPU_S",
          "given up: the last good version stays",
          "roles/test_loading.py::test_a_document_that_takes_too_long_is_given_up", enforced="config.compiler"),
    Bound("mistakes that are reported at once", "", "config.check", "MAX_DIAGNOSTICS", "and more from here on",
          f"{_FILE}test_of_very_many_mistakes_the_first_are_reported", enforced="config.read"),
    Bound("values of a file, keys and entries on all levels", "", "config.bounds", "MAX_VALUES", _NO_FILE,
          "config/test_bounds.py::test_a_document_may_have_as_many_values_as_the_bound"),
    Bound("routes", "", "config.bounds", "MAX_ROUTES", _NO_FILE, _REFUSED_FILE),
    Bound("matchers of all routes", "", "config.bounds", "MAX_MATCHERS", _NO_FILE, _REFUSED_FILE),
    Bound("receivers", "", "config.bounds", "MAX_RECEIVERS", _NO_FILE, _REFUSED_FILE),
    Bound("channels of a tenant", "", "config.bounds", "MAX_CHANNELS", _NO_FILE, _REFUSED_FILE),
    Bound("severities", "", "config.bounds", "MAX_SEVERITIES", _NO_FILE, _REFUSED_FILE),
    Bound("labels of one `group_by`", "", "config.values", "MAX_GROUP_BY", _NO_FILE, _REFUSED_FILE),
    Bound("mentions of one receiver", "", "config.values", "MAX_MENTIONS", _NO_FILE, _REFUSED_FILE),
    Bound("one string of matchers", "characters", "config.values", "MAX_MATCHERS_TEXT", _NO_FILE, _REFUSED_FILE),
    Bound("names, or patterns, in one list of `redact`, `hide_labels`, `show_labels`", "", "config.values",
          "MAX_REDACTED", _NO_FILE, _REFUSED_FILE),
    Bound("pattern of `redact`", "characters", "config.values", "MAX_REDACTED_PATTERN", _NO_FILE, _REFUSED_FILE),
    Bound("live tokens of a tenant", "", "control.tokens", "MAX_LIVE", "no further one is made: revoke one",
          "control/test_tokens.py::test_one_more_than_a_tenant_may_have_is_refused_with_the_way_out"),
)  # fmt: skip

PATTERNS: Final = (
    Bound("different patterns of all routes", "", "config.bounds", "MAX_PATTERNS", _NO_FILE, _REFUSED_FILE),
    Bound("patterns of all routes, compiled", "instructions", "config.bounds", "MAX_PATTERN_SIZE", _NO_FILE,
          _REFUSED_FILE),
    Bound("patterns of `redact`, compiled", "instructions", "config.bounds", "MAX_REDACTION_SIZE", _NO_FILE,
          f"{_FILE}test_redacting_patterns_may_cost_as_much_as_the_bound"),
    Bound("pattern", "characters", "core.match.patterns", "MAX_LENGTH", _NO_FILE,
          "core/match/test_patterns.py::test_a_longer_pattern_is_refused_by_its_length"),
    Bound("Unicode classes of a pattern", "", "core.match.patterns", "MAX_CLASSES", _NO_FILE,
          "core/match/test_patterns.py::test_one_unicode_class_more_is_refused"),
    Bound("memory of a pattern in RE2 (`max_mem`)", "bytes", "core.match.patterns", "MAX_MEMORY", _NO_FILE,
          "core/match/test_patterns.py::test_a_pattern_whose_program_is_too_large_is_refused_with_the_remedy"),
    Bound("what patterns see of a label's value", "bytes", "core.match.patterns", "MAX_SEEN",
          "what is beyond is not looked at; `=` and `!=` look at all of it",
          "core/match/test_patterns.py::test_what_lies_beyond_what_patterns_see_is_not_looked_at",
          enforced="core.match.reading"),
    Bound("patterns against the values of one alert", "instructions times bytes", "core.match.reading", "MAX_WORK",
          "they see less of long values",
          "core/match/test_patterns.py::test_values_are_seen_whole_unless_all_together_cost_too_much"),
    Bound("patterns of one set", "instructions", "core.match.index", "MAX_SET_SIZE", "another set begins",
          "core/match/test_index.py::test_a_set_holds_patterns_up_to_its_bound"),
    Bound("memory of one set in RE2", "bytes", "core.match.index", "MAX_SET_MEMORY",
          "its patterns are tried one by one",
          "core/match/test_index.py::test_a_set_that_has_too_little_memory_changes_no_answer"),
    Bound("text that redaction looks through", "characters", "core.render.redaction", "MAX_TEXT", "hidden whole",
          "core/render/test_redaction.py::test_a_text_is_looked_through_up_to_its_bound"),
    Bound("redacted values in a group", "", "core.render.redaction", "MAX_VALUES", "every text is hidden whole",
          "core/render/test_redaction.py::test_of_too_many_values_to_look_for_no_text_is_shown"),
)  # fmt: skip

TEMPLATES: Final = (
    Bound("templates of a tenant", "", "config.bounds", "MAX_TEMPLATES", _NO_FILE, _REFUSED_FILE),
    Bound("source of a part", "bytes", "core.template.language", "MAX_SOURCE", _NO_TEMPLATE, _TEMPLATE,
          enforced="core.template.flaw"),
    Bound("elements of a part", "", "core.template.language", "MAX_NODES", _NO_TEMPLATE, _TEMPLATE,
          enforced="core.template.check"),
    Bound("depth of a part", "levels", "core.template.language", "MAX_DEPTH", _NO_TEMPLATE, _TEMPLATE,
          enforced="core.template.check"),
    Bound("loops in loops", "", "core.template.language", "MAX_LOOPS", _NO_TEMPLATE, _TEMPLATE,
          enforced="core.template.check"),
    Bound("steps of a part, each as often as loops may go round", "", "core.template.language", "MAX_STEPS",
          _NO_TEMPLATE, _TEMPLATE, enforced="core.template.check"),
    Bound("number in a template", "", "core.template.language", "MAX_NUMBER", _NO_TEMPLATE, _TEMPLATE,
          enforced="core.template.check"),
    Bound("items that a loop goes over", "", "core.template.language", "MAX_ITEMS", "the others are left out",
          "core/template/test_bounds.py::test_a_loop_goes_over_so_many", enforced="core.template.filters"),
    Bound("printed part", "characters", "core.template.language", "MAX_OUTPUT", _BUILT_IN,
          "core/template/test_bounds.py::test_a_part_prints_so_many_characters_or_the_built_in_one_stands_in",
          enforced="core.template.compile"),
    Bound("what the filters of one message are given", "characters", "core.template.language", "MAX_WORK", _BUILT_IN,
          "core/template/test_bounds.py::test_the_filters_of_one_message_are_given_so_many_characters",
          enforced="core.template.filters"),
)  # fmt: skip

MESSAGES: Final = (
    Bound("summary in a card", "characters", "core.render.prose.annotations", "MAX_SUMMARY_CHARS",
          "cut, with … at its end",
          "core/render/test_reading.py::test_a_summary_is_cut_with_a_mark_beyond_its_bound",
          enforced="core.render.view"),
    Bound("links in one place", "characters", "core.render.links", "MAX_LINKS_CHARS", "the others are left out",
          "core/render/test_links.py::test_links_have_together_as_many_characters_as_the_bound"),
    Bound("text of a message", "characters", "core.slack.message", "MAX_TEXT", _PLAIN, _MESSAGE),
    Bound("section of a message", "characters", "core.slack.message", "MAX_SECTION", _PLAIN, _MESSAGE),
    Bound("label of a button", "characters", "core.slack.message", "MAX_LABEL", _PLAIN, _MESSAGE),
    Bound("address of a button or a picture", "characters", "core.slack.message", "MAX_ADDRESS", _PLAIN, _MESSAGE),
    Bound("buttons in a row", "", "core.slack.message", "MAX_BUTTONS", _PLAIN, _MESSAGE),
    Bound("description, or title, of a picture", "characters", "core.slack.message", "MAX_DESCRIPTION", _PLAIN,
          _MESSAGE),
    Bound("blocks of an attachment", "", "core.slack.message", "MAX_ATTACHMENT_BLOCKS", _PLAIN, _MESSAGE),
    Bound("blocks together", "characters", "core.slack.message", "MAX_SERIALIZED", _PLAIN,
          "core/slack/test_message.py::test_blocks_have_together_as_many_characters_as_the_bound"),
)  # fmt: skip

SLACK: Final = (
    Bound("answer of Slack, unpacked", "bytes", "adapters.slack.bounds", "MAX_ANSWER_BYTES",
          "read no further: the answer counts as unclear", f"{_SLACK}test_an_answer_is_read_up_to_its_bound"),
    Bound("error code of Slack", "characters", "adapters.slack.bounds", "MAX_ERROR_CHARS", "cut",
          f"{_SLACK}test_an_error_is_cut_where_no_code_of_slacks_would_be", enforced="adapters.slack.answers"),
    Bound("ID of a channel, a team, a bot", "characters", "adapters.slack.bounds", "MAX_ID_CHARS",
          "the answer counts as unclear", f"{_SLACK}test_a_channel_in_another_form_makes_the_answer_unreadable"),
    Bound("call to Slack", "seconds", "adapters.slack.client", "", "given up: the answer counts as unclear",
          "adapters/test_slack_client.py::test_a_call_that_hangs_is_ambiguous_after_its_time", "slack.timeout_s"),
    Bound("calls to Slack in flight", "", "roles.notify.places", "", "the others wait in their lanes",
          "roles/notify/test_places.py::test_all_together_have_a_limit", "worker.in_flight"),
    Bound("calls in flight for one tenant", "", "roles.notify.places", "", "the others wait in their lanes",
          "roles/notify/test_places.py::test_a_tenant_has_its_share_and_leaves_the_rest_of_a_workspace_to_others",
          "worker.in_flight_per_tenant"),
    Bound("calls in flight in one workspace", "", "roles.notify.places", "", "the others wait in their lanes",
          "roles/notify/test_places.py::test_a_tenant_has_its_share_and_leaves_the_rest_of_a_workspace_to_others",
          "worker.in_flight_per_workspace"),
)  # fmt: skip

ROWS: Final = (
    *BODIES, *ALERTS, *TENANTS_DATA, *RECORDS, *FILES, *PATTERNS, *TEMPLATES, *MESSAGES, *SLACK,
)  # fmt: skip
