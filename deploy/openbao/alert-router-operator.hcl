# What operators may do who run `alert-router sealing`: the same, rotate a tenant's key in Transit, and delete it.
path "transit/keys/+" {
  capabilities = ["create", "update", "read", "delete"]
}
path "transit/encrypt/+" {
  capabilities = ["update"]
}
path "transit/decrypt/+" {
  capabilities = ["update"]
}
path "transit/keys/+/config" {
  capabilities = ["update"]
}
path "transit/keys/+/rotate" {
  capabilities = ["update"]
}
