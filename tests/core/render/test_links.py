"""Where a message leads: addresses from the sender, and silences that name what all alerts share."""

from urllib.parse import unquote

import pytest

from router.core.match.labels import Labels
from router.core.model.alert import Links
from router.core.model.alert_state import AlertContent
from router.core.render.links import MAX_LINKS_CHARS, links_of, shared_links, with_silence
from router.core.render.prose.addresses import address_in
from tests.bounds import tries
from tests.core.builders import at

DISK: Labels = {"alertname": "DiskFull"}
ALERTMANAGER: Links = {"alertmanager": "https://am.example/prefix/"}


def a_content(notes: Labels | None = None, *, url: str = "", links: Links | None = None) -> AlertContent:
    return AlertContent(DISK, notes or {}, url, at(0), links=links or {})


def silence_for(labels: Labels, *contents: AlertContent) -> str:
    return with_silence({}, contents or [a_content(links=ALERTMANAGER)], labels).get("silence", "")


def test_annotations_name_pages_and_the_query_is_the_generators() -> None:
    notes = {"runbook_url": "https://r/1", "dashboard_url": "https://d/1", "panel_url": "https://d/1?viewPanel=2"}
    assert links_of(a_content(notes, url="https://p/graph")) == {
        "runbook": "https://r/1",
        "dashboard": "https://d/1",
        "panel": "https://d/1?viewPanel=2",
        "query": "https://p/graph",
    }


def test_the_links_of_grafana_stand_in_and_annotations_win() -> None:
    sent = {"dashboard": "https://g/d", "panel": "https://g/d?viewPanel=1", "silence": "https://g/s"}
    assert links_of(a_content({"dashboard_url": "https://own/d"}, links=sent)) == {
        **sent,
        "dashboard": "https://own/d",
    }


def test_a_rule_of_grafana_that_came_by_an_alertmanager_names_its_panel_in_annotations() -> None:
    notes = {"__dashboardUid__": "a/b", "__panelId__": "4&x"}
    links = links_of(a_content(notes, url="https://g.example/sub/alerting/grafana/uid/view?orgId=1"))
    assert links["dashboard"] == "https://g.example/sub/d/a%2Fb"
    assert links["panel"] == "https://g.example/sub/d/a%2Fb?viewPanel=4%26x"
    assert set(links_of(a_content(notes, url="https://p.example/graph"))) == {"query"}


@pytest.mark.parametrize("url", ["javascript:alert(1)", "nowhere", "", "https://x/" + "y" * 2_000])
def test_what_is_no_usable_address_is_left_out(url: str) -> None:
    assert links_of(a_content({"runbook_url": url}, url=url, links={"silence": url})) == {}


def test_links_for_which_there_is_no_room_are_left_out() -> None:
    notes = {"runbook_url": "https://r/" + "&" * 400, "dashboard_url": "https://d/" + "x" * 400}
    links = links_of(a_content(notes, url="https://p/" + "&" * 100))
    assert set(links) == {"runbook"}
    assert sum(len(url.replace("&", "&amp;")) for url in links.values()) <= MAX_LINKS_CHARS


@tries("links in one place")
def test_links_have_together_as_many_characters_as_the_bound(beyond: int) -> None:
    first, second = "https://r/".ljust(1_200, "x"), "https://d/".ljust(MAX_LINKS_CHARS - 1_200 + beyond, "x")
    links = links_of(a_content({"runbook_url": first, "dashboard_url": second}))
    assert set(links.values()) == ({first, second} if beyond <= 0 else {first})


def test_only_what_all_have_is_shared() -> None:
    one, two = {"runbook": "https://r", "query": "https://q/1"}, {"runbook": "https://r", "query": "https://q/2"}
    assert shared_links([one, two]) == {"runbook": "https://r"}
    assert shared_links([]) == {}


def test_a_silence_names_the_labels_as_alertmanager_reads_them() -> None:
    address = silence_for({"job": 'a "b" \\ c\n|<d>', "alertname": "DiskFull", "a b": "ü&"})
    head, _, wanted = address.partition("filter=")
    assert head == "https://am.example/prefix/#/silences/new?"
    assert unquote(wanted) == '{"a b"="ü&",alertname="DiskFull",job="a \\"b\\" \\\\ c\\n|<d>"}'
    assert not set(wanted) & set(' |<>"&{}')


def test_a_silence_needs_labels_and_one_alertmanager() -> None:
    here, there = a_content(links=ALERTMANAGER), a_content(links={"alertmanager": "https://other.example"})
    assert silence_for(DISK, here, here)
    assert not silence_for({}, here)
    assert not silence_for(DISK, here, there)
    assert not silence_for(DISK, here, a_content())
    assert not silence_for(DISK, a_content())
    assert with_silence({}, [], DISK) == {}


def test_the_senders_own_silence_stays() -> None:
    assert with_silence({"silence": "https://g/s"}, [a_content(links=ALERTMANAGER)], DISK) == {
        "silence": "https://g/s"
    }


def test_pages_are_found_by_other_names_where_they_are_addresses() -> None:
    notes = {
        "Runbook": "https://r/1",
        "dashboard": "https://d/1",
        "playbook": "https://w/1",
        "playbook_url": "see wiki",
    }
    assert links_of(a_content(notes)) == {
        "runbook": "https://r/1",
        "playbook": "https://w/1",
        "dashboard": "https://d/1",
    }
    assert links_of(a_content({"runbook": "restart it", "runbook_url": "https://r/2"})) == {"runbook": "https://r/2"}


@pytest.mark.parametrize("url", ["https://grafana.corp@evil.example/", "https://user:pw@r/1", "https://a%40b/1"])
def test_an_address_whose_host_is_not_plain_is_left_out(url: str) -> None:
    assert links_of(a_content({"runbook_url": url})) == {}


@pytest.mark.parametrize("url", ["https://[::1]:9090/x", "http://localhost:80/", "https://münchen.example/"])
def test_a_plain_host_may_be_a_number_or_have_a_port(url: str) -> None:
    assert links_of(a_content({"runbook_url": url})) == {"runbook": url}


@pytest.mark.parametrize(
    ("name", "leads_to"),
    [
        ("Runbook_URL", "runbook"),
        ("runbookUrl", "runbook"),
        ("runbook-url", "runbook"),
        ("runbook_link", "runbook"),
        ("RUNBOOK", "runbook"),
        ("dashboardURL", "dashboard"),
        ("Dashboard", "dashboard"),
        ("PANEL_URL", "panel"),
        ("Playbook", "playbook"),
        ("runbooks", "runbooks"),
        ("my_runbook", "my_runbook"),
    ],
)
def test_a_page_is_linked_however_its_annotation_is_spelled(name: str, leads_to: str) -> None:
    assert links_of(a_content({name: "https://x.example/1"})) == {leads_to: "https://x.example/1"}


def test_of_two_that_lead_there_the_one_named_as_an_address_wins_unless_it_is_none() -> None:
    two = {"runbook": "https://x.example/1", "runbook_url": "https://x.example/2"}
    assert links_of(a_content(two)) == {"runbook": "https://x.example/2"}
    assert links_of(a_content({**two, "runbook_url": "none yet"})) == {"runbook": "https://x.example/1"}


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("[Runbook](https://x.example/1)", "https://x.example/1"),
        ('[](<https://x.example/1> "how to")', "https://x.example/1"),
        ("<https://x.example/1|how to>", "https://x.example/1"),
        ("<https://x.example/1>", "https://x.example/1"),
        (" https://x.example:8443/1 ", "https://x.example:8443/1"),
        ("https://[::1]:80/1", "https://[::1]:80/1"),
        ("[a](javascript:alert(1))", ""),
        ("<https://user:secret@x.example|a>", ""),
        ("[a](https://x.example@evil.example/)", ""),
        ("x.example/1", ""),
        ("<!channel>", ""),
    ],
)
def test_an_address_is_found_in_a_link_of_markdown_or_slack(text: str, address: str) -> None:
    assert address_in(text) == address


def test_any_annotation_that_is_an_address_and_nothing_else_is_a_link_under_its_own_name() -> None:
    notes = {
        "runbook": "https://r/1",
        "link": "https://x.example/1",
        "logs": " https://logs.example/?q=a ",
        "__orgUrl__": "https://private.example",
        "summary": "https://x.example/2",
        "hint": "see https://x.example/3",
        "evil": "javascript:alert(1)",
        "lie": "https://bank.example@evil.example/",
    }
    assert links_of(a_content(notes)) == {
        "runbook": "https://r/1",
        "link": "https://x.example/1",
        "logs": "https://logs.example/?q=a",
    }


def test_links_of_other_names_are_few() -> None:
    notes = {f"link{number}": f"https://x.example/{number}" for number in range(20)}
    assert len(links_of(a_content(notes))) == 6


def test_an_annotation_named_like_a_link_of_the_senders_stands_in_for_it() -> None:
    notes = {"silence": "https://own.example/s", "query": "https://own.example/q", "panel": "https://own.example/p"}
    assert links_of(a_content(notes)) == notes
    sent = {"silence": "https://g/s", "panel": "https://g/p"}
    assert links_of(a_content(notes, url="https://p/graph", links=sent)) == {**sent, "query": "https://p/graph"}


def test_a_page_with_words_behind_it_is_no_link() -> None:
    assert links_of(a_content({"runbook": "https://r/1 then restart it"})) == {}
