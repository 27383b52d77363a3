"""The parts that measure tenant by tenant."""

from router.adapters.redis.activity import RedisActivity
from router.adapters.redis.memory import RedisMemory
from router.adapters.redis.notices import RedisNotices
from router.app.compose import Base
from router.app.options import workspace_rates
from router.roles.levels import TenantLevels
from router.roles.naming import Naming
from router.roles.near_limits import NearLimits
from router.roles.pools import OwnTenants


def build_naming(base: Base) -> Naming:
    """Who is named by metrics; what they show of budgets is read whenever they are."""
    activity, measured = RedisActivity(base.redis), base.metrics.tenants
    levels = TenantLevels(activity, base.tenants, workspace_rates(base.settings), base.redis, measured)
    base.metrics.looks.append(levels.look)
    return Naming(activity, base.tenants, base.redis, measured, base.settings.metrics.tenants)


def build_near_limits(base: Base) -> NearLimits:
    """Who of the pool is near a limit."""
    redis, measured = base.redis, base.metrics.tenants
    own, stored, activity = OwnTenants(base.tenants, base.pools), RedisMemory(redis), RedisActivity(redis)
    return NearLimits(own, stored, activity, RedisNotices(redis), redis, measured)
