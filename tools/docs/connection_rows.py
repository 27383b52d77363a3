"""The rows of `docs/bounds.md` about connections of senders."""

from typing import Final

from tools.docs.bound import Bound

_CONNECTIONS: Final = "http/test_connections.py::"
_DEADLINES: Final = "http/test_deadlines.py::"

CONNECTIONS: Final = (
    Bound("connections at a gateway", "", "http.connections", "ConnectionLimits.in_all",
          "the one gives way that has waited longest, of the peer that has most; where none waits, the new one",
          f"{_CONNECTIONS}test_beyond_what_all_may_have_one_of_the_peer_that_has_most_gives_way",
          "gateway.connections", read="in_all"),
    Bound("connections of one peer at a gateway", "", "http.connections", "ConnectionLimits.per_peer",
          "its own gives way that has waited longest; where none waits, the new one",
          f"{_CONNECTIONS}test_beyond_what_one_peer_may_have_its_own_that_has_waited_longest_gives_way",
          "gateway.connections_per_peer", read="per_peer"),
    Bound("time that the head of a request takes to arrive", "seconds", "http.protocol", "Deadlines.head_s",
          "408 `head-too-slow`; the connection is closed",
          f"{_DEADLINES}test_a_head_that_does_not_come_is_given_up", "gateway.header_timeout_s", read="head_s"),
    Bound("time that a connection may be idle", "seconds", "http.protocol", "Deadlines.idle_s",
          "the connection is closed", f"{_DEADLINES}test_an_idle_connection_is_closed",
          "gateway.idle_timeout_s", enforced="http.server", read="idle_s"),
    Bound("bytes of a request's head", "bytes", "http.protocol", "MAX_HEAD",
          "400 `not-http`; the connection is closed", f"{_DEADLINES}test_a_head_has_so_many_bytes",
          enforced="http.server"),
    Bound("bytes that frame the chunks of a body", "bytes", "http.protocol", "MAX_FRAMING",
          "beside a fourth of those that they hold: 400 `chunks-too-small`; the connection is closed",
          f"{_DEADLINES}test_so_many_bytes_may_frame_chunks_that_hold_nothing"),
    Bound("bodies of a tenant on their way", "", "roles.gateway.body", "BodyLimits.at_once",
          "503 `too-much-in-hand`; a fourth of `connections`",
          "roles/gateway/test_accept.py::test_so_many_bodies_of_a_tenant_are_on_their_way", read="at_once"),
    Bound("bytes of a refused body that are read and forgotten", "bytes", "http.answers", "MAX_FORGOTTEN",
          "the connection is closed", "http/test_answers.py::test_so_many_bytes_of_a_refused_body_are_read"),
    Bound("time that this takes", "seconds", "http.answers", "FORGOTTEN_S", "the connection is closed",
          "http/test_answers.py::test_a_sender_that_stops_within_a_refused_body_is_not_waited_for"),
)  # fmt: skip
