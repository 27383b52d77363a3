"""`docs/isolation.md`: what each way of keeping tenants apart guarantees, what enforces it, and what shows it."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from router.control.isolation.dimensions import NOT_BUILT, Budget, Data, Region, Store, Topic, Workers
from router.control.isolation.document import IsolationPolicy
from router.core.model.rules.limits import Keys
from tools.docs.enum_texts import texts_of
from tools.docs.markdown import cell, table
from tools.docs.tenant_file import parts_of


@dataclass(frozen=True, slots=True)
class Shown:
    """Who enforces a guarantee, below `router`, and the tests that show it, below `tests`."""

    way: StrEnum
    modules: Sequence[str]
    tests: Sequence[str]


ROWS: Final = (
    Shown(
        Data.SHARED,
        ("adapters.redis.keys", "adapters.postgres.scope", "roles.gateway.authenticate"),
        (
            "adapters/postgres/test_rights.py::test_without_a_tenant_nothing_is_seen_and_with_one_nothing_of_another",
            "adapters/postgres/test_scope.py::test_a_few_hundred_interleaved_scopes_leak_nothing",
            "e2e/test_forged_redis.py::test_a_token_that_is_moved_to_another_tenant_lets_nobody_in_there",
        ),
    ),
    Shown(
        Budget.OWN,
        ("adapters.redis.limiter", "adapters.redis.quota"),
        (
            "contracts/test_quota.py::test_tenants_do_not_share_a_quota",
            "contracts/test_limiter.py::test_what_one_bucket_refuses_charges_no_other",
            "contracts/test_limiter.py::test_tenants_of_a_workspace_take_turns_in_what_it_allows",
        ),
    ),
    Shown(
        Keys.SHARED,
        ("roles.sealed", "adapters.redis.groups"),
        (
            "roles/test_sealed.py::test_bodies_of_others_are_what_they_were_and_cost_no_look",
            "adapters/test_sealed_groups.py::test_of_others_the_same_bytes_are_stored_as_without_keys",
        ),
    ),
    Shown(
        Keys.OWN,
        ("control.isolation.promised", "roles.keyring", "roles.sealed", "adapters.redis.sealed"),
        (
            "control/isolation/test_promised.py::test_a_file_without_keys_of_its_own_is_refused_where_its_level_needs_them",
            "e2e/test_sealed.py::test_what_is_stored_of_a_sealed_tenant_shows_nothing_of_its_alerts",
            "roles/test_sealed.py::test_a_body_that_is_moved_to_another_topic_or_tenant_stays_sealed",
            "adapters/test_sealed_groups.py::test_fields_that_are_moved_to_another_place_are_not_read",
            "roles/test_keyring.py::test_a_destroyed_key_is_dropped_within_a_second",
        ),
    ),
    Shown(
        Topic.SHARED,
        ("roles.gateway.accept", "roles.signed"),
        (
            "roles/gateway/test_accept.py::test_another_tenants_url_is_refused_before_the_body_is_read",
            "e2e/test_forged_records.py::test_a_copy_of_what_fired_does_not_fire_again_nor_for_another_tenant",
        ),
    ),
    Shown(
        Topic.OWN,
        ("roles.ingest.read",),
        (
            "roles/ingest/test_read.py::test_a_bound_topic_names_the_tenant_itself",
            "roles/ingest/test_read.py::test_a_record_of_another_tenant_in_a_bound_topic_is_set_aside",
        ),
    ),
    Shown(
        Workers.SHARED,
        ("roles.notify.own_turns", "adapters.redis.turns"),
        (
            "roles/notify/test_turns_of_many.py::test_in_the_round_of_all_nobody_has_two_turns_before_one_who_is_due",
            "contracts/test_turns.py::test_the_tenant_that_has_waited_longest_is_first_and_is_taken_once",
        ),
    ),
    Shown(
        Workers.SHARD,
        ("control.isolation.promised", "core.shard", "roles.sharded", "adapters.kafka.leaders"),
        (
            "control/isolation/test_promised.py"
            "::test_a_file_with_more_partitions_than_its_level_leaves_it_is_refused",
            "core/test_shard.py::test_a_shard_is_so_many_different_partitions_or_all",
            "core/test_shard.py::test_two_tenants_have_all_partitions_in_common_as_seldom_as_chance_has_it",
            "app/test_sharding.py::test_gateways_and_workers_append_within_shards",
            "adapters/test_producer.py::test_records_of_a_shard_are_in_its_partitions_and_those_of_others_in_all",
            "e2e/test_sharded.py::test_what_is_sent_is_in_few_partitions_and_shown_once_while_their_number_changes",
            "e2e/test_shard_blast.py::test_what_ends_a_worker_stops_nobody_whose_partitions_others_read",
        ),
    ),
    Shown(
        Workers.OWN,
        ("control.isolation.promised", "roles.gateway.append", "roles.notify.own_turns", "adapters.redis.turns"),
        (
            "control/isolation/test_promised.py::test_a_pool_with_somebody_else_in_it_is_not_ones_own",
            "control/isolation/test_promised.py::test_nobody_joins_a_pool_that_is_anothers_own",
            "roles/gateway/test_append.py::test_a_body_is_appended_to_its_own_tenants_topic",
            "contracts/test_turns.py::test_a_turn_is_offered_in_the_pool_of_its_tenant_and_taken_there_alone",
            "roles/test_pools.py::test_a_sweep_finds_what_is_left_of_its_own_pools_tenants_alone",
            "app/test_pools.py::test_a_worker_of_a_pool_reads_its_own_topics_by_groups_of_its_own",
            "e2e/test_pools.py::test_a_crash_loop_of_one_pools_workers_keeps_nobody_else_waiting",
        ),
    ),
    Shown(
        Store.SHARED,
        ("roles.projector", "adapters.redis.projection"),
        (
            "adapters/postgres/test_cells.py::test_of_a_tenant_of_another_cell_redis_learns_that_it_is_there_and_where",
        ),
    ),
    Shown(
        Store.OWN,
        ("control.isolation.placed", "roles.projector", "adapters.redis.projection", "roles.gateway.elsewhere"),
        (
            "control/isolation/test_placed.py::test_a_cell_with_somebody_else_in_it_is_not_ones_own",
            "control/isolation/test_placed.py::test_nobody_joins_a_cell_that_is_anothers_own",
            "e2e/test_cells.py::test_what_is_sent_for_a_tenant_is_in_no_byte_of_another_cell",
            "e2e/test_cells.py::test_a_redis_that_is_full_or_gone_leaves_the_other_cell_alone",
        ),
    ),
    Shown(
        Region.ANY,
        ("control.isolation.reading",),
        ("control/isolation/test_placed.py::test_a_cell_is_in_the_region_that_the_level_wants",),
    ),
    Shown(
        Region.NAMED,
        ("control.isolation.placed", "roles.projector", "roles.gateway.elsewhere"),
        (
            "control/isolation/test_placed.py::test_a_cell_is_in_the_region_that_the_level_wants",
            "roles/gateway/test_accept.py"
            "::test_a_tenant_of_another_cell_is_sent_there_before_the_token_and_the_body_are_looked_at",
            "e2e/test_cells.py::test_what_is_sent_for_a_tenant_is_in_no_byte_of_another_cell",
        ),
    ),
)

HEAD: Final = """\
# How tenants are kept apart

The isolation policy names levels, and which tenant has which. A level is made of dimensions; each guarantees
something, and what enforces that, and the tests that show it, stand in the table. What cannot be enforced yet is
refused by its name.

```yaml
# yaml-language-server: $schema=../deploy/schema/isolation.schema.json
version: 1
levels:
  - {name: bound, topic: own}
default: shared
tenants:
  acme: bound
  globex: sealed
```

Four levels are always there: `shared` has all that is left out, `sealed` has `keys: own`, `dedicated` has
`workers: own` besides, and `sovereign` has `store: own` and `region: named` besides that. A level of another kind has
another name.

`alert-router isolation lint FILE` names every mistake with its place, and each tenant for whom the settings lack what
its level needs. A file is held against its tenant's level when it is applied. After a change of the
policy `alert-router isolation check` names the tenants whose files in force break theirs, and changes nothing.
With `topic: own` a tenant's own producers write to a topic that is bound to it; what comes over HTTP
goes through the topic of its pool all the same. With `workers: own` the tenant is alone in a
[pool](operations.md#pools): its file names one in `platform.pool` that no other tenant's file names, with a topic,
workers and turns of its own. Gateways, Kafka, Redis and PostgreSQL are shared all the same, and so is who reads the
events of Alertmanagers.

With `workers: shard(2)` a tenant has two partitions of its pool's inbound topic, and two of the topic in which
records are held: its file has `platform.shard: 2`, or 1, and gateways and workers append what is the tenant's to
those alone. Which ones follows from the tenant's id, by rendezvous hashing; a topic that has no more gives all it
has. So at any time at most two workers read what is sent for it, and what it floods its partitions with stands
before those tenants alone that have one of them as well. Two tenants have all K of N partitions in common with the
probability 1 / C(N, K), where C(N, K) = N! / (K! (N - K)!), and none with C(N - K, K) / C(N, K): of 12 and K = 2
that is 1 in 66 for both and 45 in 66 for none, of 48 and K = 4 it is 1 in 194,580 for all and 7 in 10 for none. A
partition that is added changes one place of the shards of about K in N + 1 tenants. After a change of
`platform.shard`, or of the number of partitions, what stands in the old ones is read there to its end: nothing is
lost, and nothing is notified twice.

What is shared all the same: whatever is due is done by any worker of the pool in turns, so that a template that
computes for long, or ends the process, is met by all of them; and all workers of the shared pool read the events of
Alertmanagers and put together what Redis has lost. Whoever else may write to the topic chooses partitions itself:
with `ALERT_ROUTER_KAFKA__UNSIGNED=bound-only` what it makes is set aside, but read where it put it. A record that
ends the worker that folds it comes back to the same worker where that has an [instance id](settings.md), as the
chart gives it, and is there again within `ALERT_ROUTER_KAFKA__SESSION_TIMEOUT_MS`; later, or without one, others
get its partitions, and meet the record. While no partition of the shard has a leader, another one takes its place.

With `store: own` the tenant is alone in a [cell](cells.md): its file names one in `platform.cell` that no other
tenant's file names, and needs no pool, since all workers there are its own. `region: named` is a cell whose region
`ALERT_ROUTER_CELLS` says, `region: eu` one where that is `eu`: that the machines stand there is for you to see to.
The record in PostgreSQL is shared by all cells, with configurations, sealed secrets and wrapped keys, and Slack is
where it is.

`alert-router isolation plan` and `isolation move --tenant acme --pool gold` change the pool in the operator's part of
the file, as `platform apply` does it, and wait until the rest of the old topic is read; a move that was interrupted
goes on when it is begun again. Nothing is lost on the way, and nothing is notified twice.

A level promises, the [tenant's file](tenant-file.md) does: gateways and workers seal for a tenant whose file has
`platform.keys: own` ([encryption](encryption.md)), and never read the policy. So a file that has less than its level
is refused, with line and column, wherever it is planned or applied with `ALERT_ROUTER_CONTROL__ISOLATION_FILE`: by
the control API, and by commands that have the setting. A file may have more than its level. What was applied before
the policy is not looked at again: apply it, and see. A change of the tenant's own part alone is never refused for it.
With `keys: own` what a producer of the tenant's own writes to a bound topic is in clear there, as that one wrote it.

## Guarantees
"""

REFUSED: Final = "## Not built yet\n"


def page() -> str:
    """The page."""
    refused = table(["dimension", "instead"], [[f"`{name}`", cell(why)] for name, why in NOT_BUILT.items()])
    return "\n".join([HEAD, _guarantees(), "", REFUSED, refused, "", parts_of(IsolationPolicy)])


def _guarantees() -> str:
    return table(["level has", "guarantee", "enforced by", "shown by"], [_row(one) for one in ROWS])


def _row(one: Shown) -> list[str]:
    kind = type(one.way)
    modules = ", ".join(f"`{name.replace('.', '/')}.py`" for name in one.modules)
    tests = ", ".join(map(_test, one.tests))
    return [f"`{kind.__name__.lower()}: {one.way}`", cell(texts_of(kind)[one.way.name]), modules, tests]


def _test(one: str) -> str:
    file, _, name = one.partition("::")
    return f"`{file}` {name.removeprefix('test_').replace('_', ' ')}"
