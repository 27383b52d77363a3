"""The rows of `docs/bounds.md` about what a tenant's file may hold."""

from typing import Final

from tools.docs.bound import Bound

_FILE: Final = "config/test_bounds.py::"
_TEMPLATE: Final = "core/template/test_bounds.py::test_a_template_is_read_up_to_the_bound_and_beyond_it_refused"
_REFUSED_FILE: Final = f"{_FILE}test_one_more_is_refused_where_it_is_with_the_remedy"
_NO_FILE: Final = "the file is refused, with line, column and remedy"
_NO_TEMPLATE: Final = "the template is refused"
_BUILT_IN: Final = "the built-in part stands in"

FILES: Final = (
    Bound("tenant's file", "bytes", "config.tree", "MAX_BYTES", _NO_FILE,
          f"{_FILE}test_a_text_may_have_as_many_bytes_as_the_bound"),
    Bound("depth of a tenant's file", "levels", "config.anchors", "MAX_DEPTH", _NO_FILE,
          f"{_FILE}test_a_text_may_be_nested_as_deep_as_the_bound"),
    Bound("what the aliases of a tenant's file stand for", "characters, and 16 for each value", "config.anchors",
          "MAX_EXPANDED", _NO_FILE, "config/test_anchors.py::test_aliases_may_stand_for_as_much_as_the_bound"),
    Bound("stored document", "characters", "config.stored", "MAX_STORED", "not loaded: the last good version stays",
          f"{_FILE}test_a_stored_text_may_be_as_long_as_the_bound"),
    Bound("compiling a stored document", "seconds of CPU", "config.pace", "MAX_CPU_S",
          "given up: the last good version stays",
          "roles/test_loading.py::test_a_document_that_takes_too_long_is_given_up", enforced="config.compile.tenant"),
    Bound("mistakes that are reported at once", "", "config.check", "MAX_DIAGNOSTICS", "and more from here on",
          f"{_FILE}test_of_very_many_mistakes_the_first_are_reported", enforced="config.read"),
    Bound("values of a file, keys and entries on all levels", "", "config.bounds", "MAX_VALUES", _NO_FILE,
          "config/test_bounds.py::test_a_document_may_have_as_many_values_as_the_bound"),
    Bound("routes", "", "config.bounds", "MAX_ROUTES", _NO_FILE, _REFUSED_FILE),
    Bound("matchers of all routes", "", "config.bounds", "MAX_MATCHERS", _NO_FILE, _REFUSED_FILE),
    Bound("receivers", "", "config.bounds", "MAX_RECEIVERS", _NO_FILE, _REFUSED_FILE),
    Bound("matchers of one heartbeat", "", "config.document.heartbeats", "MAX_OF_ONE", _NO_FILE, _REFUSED_FILE),
    Bound("heartbeats", "", "config.bounds", "MAX_HEARTBEATS", _NO_FILE, _REFUSED_FILE),
    Bound("inhibition rules", "", "config.bounds", "MAX_INHIBIT_RULES", _NO_FILE, _REFUSED_FILE),
    Bound("matchers on one side of an inhibition rule", "", "config.document.inhibition", "MAX_ON_A_SIDE", _NO_FILE,
          _REFUSED_FILE),
    Bound("labels of one `equal`", "", "config.document.inhibition", "MAX_EQUAL", _NO_FILE, _REFUSED_FILE),
    Bound("time intervals", "", "config.bounds", "MAX_INTERVALS", _NO_FILE, _REFUSED_FILE),
    Bound("parts of all time intervals", "", "config.bounds", "MAX_SPECS", _NO_FILE, _REFUSED_FILE),
    Bound("entries of one list of a time interval", "", "config.document.intervals", "MAX_ENTRIES", _NO_FILE,
          _REFUSED_FILE),
    Bound("time intervals of one list of a route", "", "config.document.intervals", "MAX_NAMES", _NO_FILE,
          _REFUSED_FILE),
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
          "core/match/test_patterns.py::test_a_pattern_has_so_much_memory"),
    Bound("what patterns see of a label's value", "bytes", "core.match.patterns", "MAX_SEEN",
          "what is beyond is not looked at; `=` and `!=` look at all of it",
          "core/match/test_patterns.py::test_what_lies_beyond_what_patterns_see_is_not_looked_at",
          enforced="core.match.reading"),
    Bound("patterns against the values of one alert", "instructions times bytes", "core.match.reading", "MAX_WORK",
          "they see less of long values",
          "core/match/test_patterns.py::test_so_much_work_is_done_on_values_that_are_seen_whole"),
    Bound("patterns of one set", "instructions", "core.match.index", "MAX_SET_SIZE", "another set begins",
          "core/match/test_index.py::test_a_set_holds_patterns_up_to_its_bound"),
    Bound("memory of one set in RE2", "bytes", "core.match.index", "MAX_SET_MEMORY",
          "its patterns are tried one by one",
          "core/match/test_index.py::test_a_set_has_so_much_memory"),
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
