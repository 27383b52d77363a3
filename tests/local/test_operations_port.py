"""Where `up` answers operators: on a port of nobody else, so that several may run on one machine."""

from contextlib import closing

import pytest
from alert_router_local.process import free_port
from alert_router_local.up import operations_listener

from router.errors import OperationError
from router.settings import GatewaySettings, Settings


def test_each_takes_a_free_port() -> None:
    with closing(operations_listener(Settings())) as one, closing(operations_listener(Settings())) as other:
        assert one.getsockname() != other.getsockname()


def test_one_that_is_asked_for_is_taken_or_named() -> None:
    port = free_port()
    settings = Settings(gateway=GatewaySettings(operations_port=port))

    with closing(operations_listener(settings)) as listener:
        assert listener.getsockname()[1] == port
        with pytest.raises(OperationError, match=f"cannot listen on 127.0.0.1:{port}"):
            operations_listener(settings)
