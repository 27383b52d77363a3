"""The listening socket: its connections answer at once."""

import socket

from alert_router_local.process import HOST

from router.http.server import bind


def test_no_answer_waits_for_an_acknowledgement_of_its_first_part() -> None:
    with bind(HOST, 0, "PORT") as listener, socket.create_connection(listener.getsockname()):
        accepted, _ = listener.accept()
        with accepted:
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
