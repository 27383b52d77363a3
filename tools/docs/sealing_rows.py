"""The rows of `docs/bounds.md` about tenants' own keys."""

from typing import Final

from tools.docs.bound import Bound

SEALING: Final = (
    Bound("keys of a tenant", "", "ports.sealing", "MAX_EPOCHS",
          "no further ones are made before the oldest are destroyed by hand, which `keys_wait` in the log asks for",
          "roles/test_keyring.py::test_so_many_keys_of_a_tenant_are_kept", enforced="roles.key_making"),
    Bound("tenants whose keys are in memory", "", "roles.keyring", "MAX_RINGS",
          "who did not need them for longest reads them again",
          "roles/test_keyring.py::test_of_so_many_tenants_keys_are_kept_in_memory"),
    Bound("an answer of OpenBao or Vault", "bytes", "adapters.transit.asking", "MAX_ANSWER",
          "it counts as no answer",
          "adapters/test_transit.py::test_a_larger_answer_counts_as_none"),
)  # fmt: skip
