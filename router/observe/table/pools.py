"""What processes measure of pools, so that one without workers is seen by those of others."""

from typing import Final

from router.observe.metric import OPEN, Kind, Metric, Role

_POOL: Final = {"pool": OPEN}
"""One of ALERT_ROUTER_KAFKA__POOLS, or shared."""

TENANTS: Final = Metric(
    "pool_tenants",
    Kind.GAUGE,
    Role.EVERY,
    "Tenants of each pool of ALERT_ROUTER_KAFKA__POOLS and of the shared one, as gateways and workers know them; the "
    "same at each: take the maximum. A pool with tenants needs workers: see alert_router_worker_pool.",
    _POOL,
)
WORKER: Final = Metric(
    "worker_pool",
    Kind.GAUGE,
    Role.WORKER,
    "Always 1: the pool whose tenants this worker serves. Sum it over workers: at 0, nobody reads what gateways "
    "append for the pool, and nobody is notified.",
    _POOL,
)
ROWS: Final = (TENANTS, WORKER)
