"""A document needs nothing but itself: its policy lets run what it holds and load nothing."""

import base64
import hashlib
import html
import re

import pytest
from slack_view import Markup, document, page


def test_a_page_brings_its_own_policy() -> None:
    drawn = page("title", [{"ts": "1700000000.0", "text": "hello"}])
    [policy] = map(html.unescape, re.findall(r'Content-Security-Policy" content="([^"]*)"', drawn))

    assert drawn.startswith("<!doctype html>\n<html ")
    assert policy.startswith("default-src 'none'; ")
    assert "unsafe" not in policy
    for tag in ("style", "script"):
        [inside] = re.findall(f"<{tag}>(.*?)</{tag}>", drawn, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(inside.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy


def test_a_served_document_has_its_nonce_and_leaves_the_policy_to_the_server() -> None:
    drawn = document("title", Markup("<p></p>"), nonce="n0nce")

    assert "Content-Security-Policy" not in drawn
    assert '<style nonce="n0nce">' in drawn
    assert '<script nonce="n0nce">' in drawn


def test_nothing_is_loaded() -> None:
    drawn = page("title", [{"ts": "1700000000.0", "text": "hello"}])

    assert re.findall(r"\bsrc=|@import|url\(", drawn) == []
    assert [href for href in re.findall(r'href="([^"]*)"', drawn) if not href.startswith("data:")] == []


def test_title_and_language_are_escaped() -> None:
    drawn = page("</title><script>", [], lang='"><script>')

    assert drawn.count("<script") == 1


@pytest.mark.parametrize(("theme", "attribute"), [("light", ' data-theme="light"'), ("dark", ' data-theme="dark"')])
def test_a_theme_can_be_forced(theme: str, attribute: str) -> None:
    assert attribute in page("title", [], theme=theme)  # type: ignore[arg-type]  # parametrized
    assert "data-theme=" not in page("title", []).partition("<head>")[0]
