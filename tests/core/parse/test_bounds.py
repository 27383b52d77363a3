"""What one body and one alert may hold: just below each bound, at it and above; nobody's neighbour pays for it."""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.core.match.labels import Labels
from router.core.model.alert import Alert, Fingerprint, identify
from router.core.model.rules.appearance import Redaction
from router.core.parse import alert as alerts
from router.core.parse.alert import MAX_FINGERPRINT
from router.core.parse.bounds import (
    MARK,
    MAX_ALERTS,
    MAX_ANNOTATION,
    MAX_ANNOTATIONS,
    MAX_ANNOTATIONS_BYTES,
    MAX_LABEL_NAME,
    MAX_LABEL_VALUE,
    MAX_LABELS,
    MAX_LABELS_BYTES,
    BodyBounds,
    check_labels,
    cut,
    kept_annotations,
)
from router.core.parse.lenient import MAX_URL, MAX_VALUES
from router.core.parse.webhook import parse
from router.core.render.redaction import HIDDEN, MAX_TEXT, Redactor
from router.errors import PayloadError
from tests.bounds import tries
from tests.core.parse.test_webhook import NOW, raw_alert, webhook

SMALL: Final = BodyBounds(
    alerts=3,
    label_name=8,
    label_value=12,
    labels=4,
    labels_bytes=40,
    annotation=12,
    annotations=4,
    annotations_bytes=40,
)
NEAR: Final = (-1, 0, 1)


def size(text: str) -> int:
    return len(text.encode())


def many(count: int, value: str = "v") -> dict[str, str]:
    return {f"n{number}": value for number in range(count)}


def filled(total: int, most: int) -> dict[str, str]:
    """Names and values that have so many bytes together, no value more than `most`."""
    texts: dict[str, str] = {}
    while total > 0:
        name = f"n{len(texts)}"
        texts[name] = "v" * min(most, total - len(name))
        total -= len(name) + len(texts[name])
    return texts


LABELS: Final[Mapping[str, tuple[int, Callable[[int], Labels]]]] = {
    "name": (MAX_LABEL_NAME, lambda size: {"n" * size: "v"}),
    "name of wide characters": (MAX_LABEL_NAME, lambda size: {"é" * (size // 2) + "n" * (size % 2): "v"}),
    "value": (MAX_LABEL_VALUE, lambda size: {"alertname": "v" * size}),
    "value of wide characters": (MAX_LABEL_VALUE, lambda size: {"alertname": "😀" * (size // 4) + "v" * (size % 4)}),
    "count": (MAX_LABELS, many),
    "together": (MAX_LABELS_BYTES, lambda size: filled(size, MAX_LABEL_VALUE)),
}


def read(**changes: Any) -> Alert:
    (alert,) = parse(webhook(raw_alert(**changes)), NOW).alerts
    return alert


@pytest.mark.parametrize("kind", LABELS)
@tries("name of a label", "value of a label", "labels of an alert", "labels of an alert together")
def test_labels_are_taken_whole_up_to_their_bound_and_beyond_it_refused_alone(kind: str, beyond: int) -> None:
    bound, labels_of = LABELS[kind]
    labels, good = labels_of(bound + beyond), raw_alert(fingerprint="00000000000000bb")

    found = parse(webhook(good, raw_alert(labels=labels), good), NOW)

    assert [one.fingerprint for one in found.alerts].count(Fingerprint("00000000000000bb")) == 2
    assert [one.labels for one in found.alerts[1:-1]] == ([labels] if beyond <= 0 else [])
    assert [json.loads(one.body)["labels"] for one in found.rejected] == ([labels] if beyond > 0 else [])


@pytest.mark.parametrize(
    ("kind", "named"), [("name", "'nnnn"), ("value", "'alertname'"), ("count", "labels"), ("together", "together")]
)
def test_what_is_refused_says_what_it_is_how_large_it_is_and_what_is_allowed(kind: str, named: str) -> None:
    bound, labels_of = LABELS[kind]

    (refused,) = parse(webhook(raw_alert(labels=labels_of(bound + 1))), NOW).rejected

    assert named in refused.error
    assert str(bound + 1) in refused.error
    assert f"at most {bound} " in refused.error
    assert len(refused.error) < 200


@pytest.mark.parametrize("beyond", NEAR)
def test_group_labels_have_the_bounds_of_labels(beyond: int) -> None:
    labels = {"alertname": "v" * (MAX_LABEL_VALUE + beyond)}
    if beyond <= 0:
        assert parse(webhook(raw_alert(), groupLabels=labels), NOW).group_labels == labels
        return
    with pytest.raises(PayloadError, match="groupLabels") as caught:
        parse(webhook(raw_alert(), groupLabels=labels), NOW)
    assert caught.value.reason == "not_a_webhook"


@tries("alerts of a body")
def test_a_body_holds_so_many_alerts(beyond: int) -> None:
    body = json.dumps([raw_alert()] * (MAX_ALERTS + beyond)).encode()
    if beyond <= 0:
        assert len(parse(body, NOW).alerts) == MAX_ALERTS + beyond
        return
    with pytest.raises(PayloadError) as caught:
        parse(body, NOW)
    assert caught.value.reason == "too_many_alerts"


@tries("value of an annotation")
@pytest.mark.parametrize("letter", ["x", "é", "😀"])
def test_an_annotation_is_cut_with_a_mark_beyond_its_bound(letter: str, beyond: int) -> None:
    text = (letter * MAX_ANNOTATION).encode()[: MAX_ANNOTATION + beyond].decode(errors="ignore")
    text += "." * (MAX_ANNOTATION + beyond - size(text))

    kept = read(annotations={"summary": text}).annotations["summary"]

    if beyond <= 0:
        assert kept == text
        return
    assert MAX_ANNOTATION - size(letter) < size(kept) <= MAX_ANNOTATION
    assert kept.endswith(MARK)
    assert text.startswith(kept.removesuffix(MARK))


@tries("annotations of an alert")
def test_annotations_beyond_their_number_are_left_out_and_counted(beyond: int) -> None:
    annotations = many(MAX_ANNOTATIONS + beyond)

    kept = read(annotations=annotations).annotations

    if beyond <= 0:
        assert kept == annotations
        return
    assert kept == {**many(MAX_ANNOTATIONS), MARK: "+1"}


@tries("annotations of an alert together")
def test_annotations_for_which_there_is_no_room_are_left_out_and_counted(beyond: int) -> None:
    annotations = filled(MAX_ANNOTATIONS_BYTES + beyond, MAX_ANNOTATION - 10)
    last = list(annotations)[-1]

    kept = read(annotations=annotations).annotations

    if beyond <= 0:
        assert kept == annotations
        return
    assert kept == {name: text for name, text in annotations.items() if name != last} | {MARK: "+1"}


@tries("name of an annotation")
def test_an_annotation_with_too_long_a_name_is_left_out_and_counted(beyond: int) -> None:
    name = "n" * (MAX_LABEL_NAME + beyond)
    kept = read(annotations={name: "v", "summary": "s"}).annotations
    assert kept == ({name: "v", "summary": "s"} if beyond <= 0 else {"summary": "s", MARK: "+1"})


@tries("address that a sender links")
def test_a_link_that_is_too_long_is_left_out(beyond: int) -> None:
    url = "http://p/".ljust(MAX_URL + beyond, "x")
    alert = read(generatorURL=url, dashboardURL=url)
    assert (alert.generator_url, alert.links.get("dashboard", "")) == ((url, url) if beyond <= 0 else ("", ""))


@tries("numbers that Grafana measured")
def test_of_the_numbers_that_were_measured_the_first_are_kept(beyond: int) -> None:
    numbers = {f"n{number}": float(number) for number in range(MAX_VALUES + beyond)}
    assert read(values=numbers).values == dict(list(numbers.items())[:MAX_VALUES])
    names = {"n" * (MAX_LABEL_NAME + beyond): 1.0}
    assert read(values=names).values == (names if beyond <= 0 else {})


@tries("fingerprint")
def test_a_fingerprint_that_is_too_long_is_computed(beyond: int) -> None:
    sent = "f" * (MAX_FINGERPRINT + beyond)
    assert (read(fingerprint=sent).fingerprint == sent) is (beyond <= 0)


def test_the_hash_of_labels_that_are_too_large_is_never_computed(monkeypatch: pytest.MonkeyPatch) -> None:
    """It takes Python half a second for 4 MB."""
    monkeypatch.setattr(alerts, "fingerprint", lambda labels: pytest.fail("computed"))
    body = webhook(raw_alert(labels={"alertname": "x" * 3_900_000}, fingerprint=None))
    assert len(parse(body, NOW).rejected) == 1


def test_the_bounds_that_are_given_hold() -> None:
    body = webhook(raw_alert(labels={"a": "v" * 13}), raw_alert(annotations={"s": "v" * 13}, labels={"a": "b"}))
    found = parse(replaced(body), NOW, SMALL)
    assert [one.annotations["s"] for one in found.alerts] == ["v" * 9 + MARK]
    assert len(found.rejected) == 1
    with pytest.raises(PayloadError, match="3 alerts"):
        parse(json.dumps([raw_alert()] * 4).encode(), NOW, SMALL)


def replaced(body: bytes) -> bytes:
    """The body without group labels, which have bounds of their own."""
    return json.dumps({**json.loads(body), "groupLabels": None}).encode()


def test_what_was_cut_is_hidden_whole_where_a_tenant_redacts() -> None:
    """It is longer than what redaction looks through: a cut can split nothing that would have been hidden."""
    redactor = Redactor(Redaction(), frozenset({"secret"}))
    for letter in ("x", "é", "😀"):
        text = cut(letter * (MAX_ANNOTATION + 1), MAX_ANNOTATION)
        assert text.endswith(MARK)
        assert len(text) > MAX_TEXT
        assert redactor.text(text) == HIDDEN


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


@given(texts, st.integers(3, 60))
def test_cutting_keeps_the_beginning_and_is_done_once(text: str, most: int) -> None:
    kept = cut(text, most)
    assert size(kept) <= most
    assert cut(kept, most) == kept
    assert kept == text or (kept.endswith(MARK) and text.startswith(kept.removesuffix(MARK)))


@given(st.dictionaries(texts, texts, max_size=6))
def test_whatever_the_annotations_they_fit_and_none_is_missing_uncounted(annotations: dict[str, str]) -> None:
    kept = kept_annotations(annotations, SMALL)
    own = {name: text for name, text in kept.items() if name in annotations and name != MARK}
    counted = int(kept.get(MARK, "0")) if MARK not in annotations else len(annotations) - len(own)
    assert len(own) + counted == len(annotations)
    assert len(own) <= SMALL.annotations
    assert sum(size(name) + size(text) for name, text in own.items()) <= SMALL.annotations_bytes


@given(st.dictionaries(texts, texts, max_size=6))
def test_labels_are_refused_for_their_sizes_alone(labels: dict[str, str]) -> None:
    names, values = [size(name) for name in labels], [size(text) for text in labels.values()]
    fit = len(labels) <= SMALL.labels and sum(names + values) <= SMALL.labels_bytes
    fit = fit and max(names, default=0) <= SMALL.label_name and max(values, default=0) <= SMALL.label_value
    try:
        check_labels(labels, SMALL)
    except ValueError:
        assert not fit
    else:
        assert fit


@given(st.dictionaries(texts.filter(bool), texts.filter(bool), min_size=1, max_size=4), texts)
def test_identity_and_matching_never_depend_on_what_is_cut(labels: dict[str, str], annotation: str) -> None:
    """Labels come through as they were sent, whatever becomes of the annotations beside them."""
    sent = raw_alert(labels=labels, annotations={"summary": annotation * 3, **many(5)})
    roomy, small = BodyBounds(), replace(BodyBounds(), annotation=12, annotations=4, annotations_bytes=40)
    (whole,), (short,) = (parse(replaced(webhook(sent)), NOW, bounds).alerts for bounds in (roomy, small))
    assert short.labels == whole.labels == labels
    assert short.alert_id == whole.alert_id == identify(Fingerprint("00000000000000aa"), labels)
