"""The rows of `docs/bounds.md`, in the order of an alert's way; a constant `MAX_...` without a row fails a test."""

from typing import Final

from tools.docs.access_rows import ACCESS
from tools.docs.audit_rows import AUDIT
from tools.docs.batch_rows import BATCHES
from tools.docs.block_rows import NEW_BLOCKS
from tools.docs.bound import Bound
from tools.docs.connection_rows import CONNECTIONS
from tools.docs.control_rows import CONTROL
from tools.docs.expression_rows import EXPRESSIONS
from tools.docs.file_rows import FILES, PATTERNS, TEMPLATES
from tools.docs.prometheus_rows import PROMETHEUS
from tools.docs.sealing_rows import SEALING
from tools.docs.upstream_rows import TRACES, UPSTREAM

_ALERTS: Final = "core/parse/test_bounds.py::"
_MESSAGE: Final = "core/slack/test_message.py::test_a_part_of_a_message_has_the_size_that_slack_takes"
_QUOTAS: Final = "roles/gateway/test_quota.py::"
_SLACK: Final = "adapters/test_slack_bounds.py::"
_FORMS: Final = "adapters/test_slack_forms.py::"
_LABELS: Final = f"{_ALERTS}test_labels_are_taken_whole_up_to_their_bound_and_beyond_it_refused_alone"
_BAD_ALERT: Final = "that alert is a bad one: dead letter `bad_alert`, 400 `no-readable-alert` where it is alone"
_QUOTA: Final = "429 `quota-exceeded`; its `rate` is what is on average"
_BURST: Final = "roles/gateway/test_accept.py::test_a_tenant_may_send_so_much_at_once"
_LEFT_OUT: Final = "left out, and counted in an annotation `…`"
_PLAIN: Final = "not sent so: the plain message stands in"

BODIES: Final = (
    Bound("body at the gateway", "bytes", "roles.gateway.body", "", "413 `body-too-large`",
          "roles/gateway/test_accept.py::test_a_body_of_the_largest_size_is_read", "gateway.max_body",
          read="max_body"),
    Bound("time that a body takes to arrive", "seconds", "roles.gateway.body", "", "408 `body-too-slow`",
          "roles/gateway/test_accept.py::test_a_body_that_does_not_come_is_given_up", "gateway.body_timeout_s",
          read="deadline_s"),
    Bound("bodies in hand in a gateway; a tenant's may have a fourth of it", "bytes", "roles.gateway.body", "",
          "503 `too-much-in-hand`", "roles/gateway/test_accept.py::"
          "test_so_many_bytes_are_in_hand_and_a_fourth_of_them_one_tenants", "gateway.bodies_in_hand",
          read="in_hand"),
    Bound("requests of a tenant at once", "", "config.document.platform", "RequestLimit.burst", _QUOTA, _BURST,
          enforced="roles.gateway.quota", key="platform.limits.requests", read="rate"),
    Bound("bytes of a tenant's bodies at once", "", "config.document.platform", "ByteLimit.burst", _QUOTA, _BURST,
          enforced="roles.gateway.quota", key="platform.limits.bytes", read="rate"),
    Bound("alerts of a tenant at once", "", "config.document.platform", "InboundLimit.burst", _QUOTA, _BURST,
          enforced="roles.gateway.quota", key="platform.limits.inbound", read="rate"),
    Bound("time that Redis has to count a request", "seconds", "roles.gateway.quota", "PATIENCE_S",
          "the gateway counts alone", f"{_QUOTAS}test_a_redis_that_hangs_holds_no_sender_up"),
    Bound("time for which a gateway counts alone after Redis did not answer", "microseconds", "roles.gateway.quota",
          "AWAY", "Redis is asked again", f"{_QUOTAS}test_a_redis_that_was_away_is_asked_again_after_a_while"),
    Bound("body of a record", "bytes", "roles.ingest.read", "", "dead letter `too_large`",
          "roles/ingest/test_read.py::test_a_body_of_the_largest_size_is_read", "gateway.max_body", read="max_body"),
    Bound("compressed batch of records, unpacked; or four bodies, if that is more", "bytes", "adapters.kafka.unpack",
          "UNPACKED_MAX", "dead letter `batch_too_large`", "adapters/test_unpack.py::test_the_bound_is_exact",
          enforced="adapters.kafka.fetched"),
    Bound("alerts of a body", "", "core.parse.bounds", "MAX_ALERTS", "400 or dead letter `too_many_alerts`",
          f"{_ALERTS}test_a_body_holds_so_many_alerts", "limits.alerts_per_body", "core.parse.webhook",
          read="alerts"),
)  # fmt: skip

ALERTS: Final = (
    Bound("name of a label", "bytes", "core.parse.bounds", "MAX_LABEL_NAME", _BAD_ALERT, _LABELS,
          "limits.label_name_bytes", read="label_name"),
    Bound("value of a label", "bytes", "core.parse.bounds", "MAX_LABEL_VALUE", "the same", _LABELS,
          "limits.label_value_bytes", read="label_value"),
    Bound("labels of an alert", "", "core.parse.bounds", "MAX_LABELS", "the same", _LABELS,
          "limits.labels_per_alert", read="labels"),
    Bound("labels of an alert together", "bytes", "core.parse.bounds", "MAX_LABELS_BYTES", "the same", _LABELS,
          "limits.labels_bytes", read="labels_bytes"),
    Bound("name of an annotation", "bytes", "core.parse.bounds", "MAX_LABEL_NAME", _LEFT_OUT,
          f"{_ALERTS}test_an_annotation_with_too_long_a_name_is_left_out_and_counted",
          "limits.label_name_bytes", read="label_name"),
    Bound("value of an annotation", "bytes", "core.parse.bounds", "MAX_ANNOTATION", "cut, with … at its end",
          f"{_ALERTS}test_an_annotation_is_cut_with_a_mark_beyond_its_bound", "limits.annotation_bytes",
          read="annotation"),
    Bound("annotations of an alert", "", "core.parse.bounds", "MAX_ANNOTATIONS", _LEFT_OUT,
          f"{_ALERTS}test_annotations_beyond_their_number_are_left_out_and_counted",
          "limits.annotations_per_alert", read="annotations"),
    Bound("annotations of an alert together", "bytes", "core.parse.bounds", "MAX_ANNOTATIONS_BYTES", _LEFT_OUT,
          f"{_ALERTS}test_annotations_for_which_there_is_no_room_are_left_out_and_counted",
          "limits.annotations_bytes", read="annotations_bytes"),
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
    Bound("alerts of a tenant that fire", "", "config.document.platform", "Limits.active_alerts",
          "a new one: dead letter `over_active_alerts`, counted on the card", _CAPPED,
          enforced="adapters.redis.plan", key="platform.limits.active_alerts", read="alerts"),
    Bound("alert groups of a tenant", "", "config.document.platform", "Limits.active_groups",
          "a new one: dead letter `over_groups`", _CAPPED,
          enforced="adapters.redis.plan", key="platform.limits.active_groups", read="groups"),
    Bound("what a tenant keeps in Redis", "", "config.document.platform", "Limits.stored_bytes",
          "new alerts: dead letter `over_bytes`, counted on the card", _CAPPED,
          enforced="adapters.redis.plan", key="platform.limits.stored_bytes", read="stored_bytes"),
)  # fmt: skip
"""What one tenant may keep alive in Redis."""

_MEMORY: Final = "roles/test_memory.py::"
_CEILINGS: Final = "core/budget/test_ceilings.py::"

MEMORY: Final = (
    Bound("part of Redis' memory from which the largest tenants grow in steps", "", "core.budget.memory", "WATCH_AT",
          "of what is left they get a step at a time",
          f"{_MEMORY}test_the_largest_are_known_from_a_part_of_the_memory_on", enforced="roles.memory"),
    Bound("part of what the largest tenant holds from which another is one of the largest: one of", "",
          "core.budget.memory", "NEARLY_AS_LARGE", "nobody else is refused",
          "core/budget/test_memory.py::test_who_holds_a_part_of_what_the_largest_holds_is_large_as_well"),
    Bound("part of the memory left up to there that one of them may take between two looks: one of", "",
          "roles.memory", "STEP", "new alerts: dead letter `over_bytes`, counted on the card",
          f"{_MEMORY}test_a_step_is_a_part_of_what_is_left_to_all"),
    Bound("part of Redis' memory from which gateways refuse the largest tenants", "", "core.budget.memory", "GATE_AT",
          "429 `redis-memory`", "roles/gateway/test_accept.py::"
          "test_while_redis_is_nearly_full_the_largest_tenant_is_refused_and_nobody_else", enforced="roles.memory"),
    Bound("part of Redis' memory from which records of suspended tenants are held", "", "core.budget.memory",
          "GATE_AT", "held as `suspended`", "roles/ingest/test_caps.py::"
          "test_records_of_a_suspended_tenant_wait_elsewhere_while_redis_is_full", enforced="roles.memory"),
    Bound("part of Redis' memory from which workers take no new alerts of the largest tenants", "",
          "core.budget.memory", "FOLD_AT", "new alerts: dead letter `over_bytes`, counted on the card",
          f"{_MEMORY}test_from_a_part_of_the_memory_on_the_largest_get_nothing_more", enforced="roles.memory"),
    Bound("part of Redis' memory from which nobody's new alerts are stored", "", "core.budget.memory", "SPENT_AT",
          "they wait in Kafka", f"{_MEMORY}test_so_far_beyond_the_limit_small_writes_go_on", enforced="roles.memory"),
)  # fmt: skip
"""Who gets how much while Redis is filling up."""

CEILINGS: Final = (
    Bound("ceiling of a tenant's alerts, and requests, a second", "", "core.budget.ceilings", "",
          "the ceiling holds", f"{_CEILINGS}test_a_tenant_sends_no_faster_than_the_ceiling", "ceilings.alerts_per_s",
          read="alerts_per_s"),
    Bound("ceiling of a tenant's KiB a second", "", "core.budget.ceilings", "", "the ceiling holds",
          f"{_CEILINGS}test_a_tenant_sends_no_faster_than_the_ceiling", "ceilings.kibibytes_per_s",
          read="kibibytes_per_s"),
    Bound("ceiling of what a tenant sends at once, in seconds of its ceiling", "", "core.budget.ceilings", "BURST_S",
          "the ceiling holds", f"{_CEILINGS}test_a_tenant_sends_no_more_at_once_than_the_ceiling_of_a_minute"),
    Bound("ceiling of a tenant's notifications a minute, and at once", "", "core.budget.ceilings", "",
          "the ceiling holds", f"{_CEILINGS}test_a_tenant_notifies_no_faster_than_the_ceiling",
          "ceilings.notifications_per_min", read="notifications_per_min"),
    Bound("least that the intervals of a route come to", "seconds", "core.budget.ceilings", "", "the least holds",
          f"{_CEILINGS}test_no_interval_of_a_route_is_shorter_than_the_least", "ceilings.shortest_interval_s",
          read="shortest_interval"),
    Bound("ceiling of a tenant's alerts that fire, and alert groups", "", "core.budget.ceilings", "",
          "the ceiling holds", f"{_CEILINGS}test_a_tenant_keeps_no_more_than_the_ceiling", "ceilings.active_alerts",
          read="alerts"),
    Bound("ceiling of what a tenant keeps in Redis", "bytes", "core.budget.ceilings", "", "the ceiling holds",
          f"{_CEILINGS}test_a_tenant_keeps_no_more_than_the_ceiling", "ceilings.stored_bytes", read="stored_bytes"),
)  # fmt: skip
"""The most that any tenant gets, whatever its file says."""

RECORDS: Final = (
    *BATCHES,
    Bound("attempts at a record that meets an error of ours", "", "roles.ingest.ingest", "RECORD_ATTEMPTS",
          "dead letter `internal_error`",
          "roles/ingest/test_ingest.py::test_attempts_at_a_record_that_meets_an_error_of_ours_are_bounded"),
    Bound("attempts at a dead letter while Kafka answers", "", "roles.ingest.dead_letters", "LETTER_ATTEMPTS",
          "logged with its origin, and passed",
          "roles/ingest/test_dead_letters.py::test_attempts_are_bounded_while_kafka_answers"),
    Bound("body of a dead letter that the topic does not take", "bytes", "roles.ingest.letter", "FIRST_BYTES",
          "cut: `body_left_out`, `body_bytes`, `body_sha256`", "roles/ingest/test_dead_letters.py::"
          "test_so_many_bytes_of_a_body_that_no_topic_takes_are_kept"),
    Bound("body of a dead letter that is shown redacted", "bytes", "control.letters.body", "MAX_REDACTED",
          "hidden whole; `--raw` shows it",
          "control/test_letters.py::test_so_many_bytes_of_a_body_are_looked_through"),
    Bound("bad alerts of one body that get a dead letter each", "", "roles.ingest.read", "ALONE",
          "the rest goes in one together",
          "roles/ingest/test_read.py::test_of_very_many_bad_alerts_the_rest_goes_together"),
    Bound("alerts of one body beyond a cap that get a dead letter each", "", "roles.ingest.refused", "ALONE",
          "the rest goes in one together",
          "roles/ingest/test_caps.py::test_of_very_many_the_rest_goes_in_one_letter"),
    Bound("steps of one tenant that Redis does not answer while it answers others", "", "roles.ingest.ingest",
          "STEP_ATTEMPTS", "the tenant's records are held as `unavailable`",
          "roles/ingest/test_ingest.py::test_so_often_redis_may_not_answer_for_one_tenant"),
    Bound("time that a batch lasts", "seconds", "roles.ingest.hold", "PATIENCE_S",
          "what is left of it is held as `busy`",
          "roles/ingest/test_ingest.py::test_what_is_left_of_a_batch_after_a_while_is_held"),
    Bound("time for which records of a sick or busy tenant are held without another try", "seconds",
          "roles.ingest.hold", "SICK_S", "it is tried again",
          "roles/ingest/test_held.py::test_a_sick_tenant_is_tried_again_after_a_while"),
    Bound("time for which records of a tenant without data are held without another try", "seconds",
          "roles.ingest.hold", "LOST_S", "it is tried again",
          "roles/ingest/test_held.py::test_a_tenant_whose_data_is_back_is_soon_found_well"),
    Bound("time that a held record waits before it is tried again", "microseconds", "roles.ingest.hold", "HOLD",
          "it is tried again", "roles/ingest/test_held.py::test_a_held_record_waits_a_while"),
    Bound("times that a record of an unreadable group is passed on", "", "roles.ingest.hold", "PASSED_ON",
          "it stays where it is until a newer release reads it",
          "roles/ingest/test_held.py::test_so_often_a_record_is_passed_on"),
    Bound("groups of an unknown form whose waits are remembered", "", "roles.notify.unreadable", "REMEMBERED",
          "those that were met first are looked at soon again",
          "roles/notify/test_unreadable.py::test_so_many_are_remembered"),
    Bound("what a gateway's clock may have jumped while Redis is away", "microseconds", "roles.gateway.clock",
          "TOLERANCE", "it is not ready until it has measured again", "roles/gateway/test_clock.py::"
          "test_a_time_of_day_that_was_set_is_not_trusted_before_it_is_measured_again"),
    Bound("kinds of incidents that are kept apart", "", "observe.incident", "MAX_KINDS",
          "within a minute; those beyond are logged as one",
          "observe/test_incident.py::test_so_many_kinds_are_kept_apart_and_more_are_one_together"),
    Bound("tenants that are named in metrics", "", "observe.problems", "NAMED",
          "more count together, as tenant `\"\"`",
          "observe/test_problems.py::test_so_many_tenants_are_named_and_more_count_together"),
    Bound("records of a tenant that are held", "", "roles.ingest.held", "HELD", "dead letter `held_too_many`",
          "roles/ingest/test_held.py::test_one_record_too_many_is_dead_lettered"),
    Bound("tenants whose rules are compiled; the others' are kept packed", "", "roles.compiled", "MAX_COMPILED",
          "who was not needed for longest is compiled again when needed",
          "roles/test_many_tenants.py::test_so_many_tenants_are_compiled_at_once"),
    Bound("documents that these rules were compiled of", "characters", "roles.compiled", "MAX_COMPILED_CHARACTERS",
          "the same", "roles/test_many_tenants.py::"
          "test_of_the_largest_fewer_are_compiled_at_once_and_who_was_needed_last_stays"),
    Bound("tenants that a sweep looks at besides those served lately", "", "roles.notify.rounds", "MOST",
          "a round over all takes more than two minutes",
          "roles/notify/test_rounds.py::test_a_sweep_looks_at_so_many_at_most"),
    Bound("events of a tenant that wait for Kafka", "", "ports.state", "MAX_EVENTS_WAITING",
          "the oldest are dropped, and counted in the books as `events_dropped`",
          "contracts/test_outbox.py::test_so_many_events_wait_and_the_oldest_make_room",
          enforced="adapters.redis.plan"),
    Bound("reasons of tenants that one process notes for the operators at once", "", "observe.occurrences",
          "MAX_NOTED", "what happened is counted together; what lasts is noted when it is met again",
          "observe/test_occurrences.py::test_so_many_are_counted_apart"),
    Bound("reasons of tenants that one message to the operators counts apart", "", "adapters.redis.operators",
          "MAX_TROUBLES", "what is new is counted together",
          "contracts/test_operators.py::test_beyond_the_bound_they_are_counted_together"),
    Bound("names and severities that one digest tells apart", "", "core.digest.share", "MAX_ROWS",
          "the alerts of others are counted together", "core/digest/test_share.py::"
          "test_so_many_names_are_distinct_and_the_others_are_counted_together"),
    Bound("groups with critical alerts that one digest names", "", "core.digest.criticals", "MAX_CRITICALS",
          "their alerts are counted",
          "core/digest/test_criticals.py::test_so_many_groups_are_named_the_newest_first"),
    Bound("groups that one look at a long lane gives to a digest", "", "roles.notify.absorbing", "MOST",
          "the next look, a second later, takes more",
          "roles/notify/test_digests.py::test_one_look_takes_so_many"),
    Bound("groups that one call of a digest takes in", "", "roles.notify.gathering", "MOST",
          "the next call shows them", "roles/notify/test_digests.py::test_one_call_shows_so_many"),
    Bound("alerts of which an event notes what was shown", "", "core.model.event", "MAX_SHOWN",
          "those that fire come first; the others are counted, and shown once more after a loss",
          "core/deliver/test_applied.py::test_an_event_notes_so_many_alerts_those_that_fire_first"),
    Bound("tenants that `/ready` names as held", "", "http.operations", "MAX_NAMED", "the others are counted",
          "http/test_operations.py::test_tenants_that_are_held_are_named_and_the_process_is_ready_all_the_same"),
    Bound("records remembered as ended behind one that is held", "", "roles.ingest.held", "REMEMBERED",
          "the held one is appended again at the end",
          "roles/ingest/test_held.py::test_so_many_records_are_remembered_as_ended"),
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
    Bound("error code of Slack", "characters", "adapters.slack.forms", "MAX_ERROR_CHARS", "cut",
          f"{_FORMS}test_an_error_is_cut_where_no_code_of_slacks_would_be"),
    Bound("ID of a channel, a team, a bot", "characters", "adapters.slack.forms", "MAX_ID_CHARS",
          "the answer counts as unclear", f"{_FORMS}test_an_id_has_so_many_characters_or_the_answer_is_unclear"),
    Bound("cursor of a next page of Slack's", "characters", "adapters.slack.forms", "MAX_CURSOR_CHARS",
          "the answer counts as unclear", f"{_FORMS}test_a_cursor_has_so_many_characters_or_the_answer_is_unclear"),
    Bound("name in an answer of Slack's", "characters", "adapters.slack.forms", "MAX_NAME_CHARS", "cut",
          f"{_FORMS}test_a_name_is_cut"),
    Bound("call to Slack", "seconds", "adapters.slack.client", "", "given up: the answer counts as unclear",
          "adapters/test_slack_client.py::test_a_call_that_hangs_is_ambiguous_after_its_time", "slack.timeout_s",
          read="timeout_s"),
    Bound("calls to Slack in flight", "", "roles.notify.places", "", "the others wait in their lanes",
          "roles/notify/test_places.py::test_so_many_calls_are_in_flight", "worker.in_flight", read="total"),
    Bound("calls in flight for one tenant", "", "roles.notify.places", "", "the others wait in their lanes",
          "roles/notify/test_places.py::test_so_many_calls_of_a_tenant_are_in_flight", "worker.in_flight_per_tenant",
          read="per_tenant"),
    Bound("calls in flight in one workspace", "", "roles.notify.places", "", "the others wait in their lanes",
          "roles/notify/test_places.py::test_so_many_calls_to_a_workspace_are_in_flight",
          "worker.in_flight_per_workspace", read="per_workspace"),
)  # fmt: skip

ROWS: Final = (
    *CONNECTIONS, *BODIES, *ALERTS, *TENANTS_DATA, *MEMORY, *CEILINGS, *RECORDS, *FILES, *PATTERNS, *TEMPLATES,
    *MESSAGES, *NEW_BLOCKS, *SLACK, *UPSTREAM, *EXPRESSIONS, *PROMETHEUS, *TRACES, *AUDIT, *CONTROL, *ACCESS,
    *SEALING,
)  # fmt: skip
