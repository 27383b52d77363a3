"""The key service `transit`: the secrets engine Transit of OpenBao and of HashiCorp Vault, over HTTP."""
