# What workers may do in a mount that is Alert Router's alone: make a tenant's key, wrap and unwrap with it.
path "transit/keys/+" {
  capabilities = ["create", "update", "read"]
}
path "transit/encrypt/+" {
  capabilities = ["update"]
}
path "transit/decrypt/+" {
  capabilities = ["update"]
}
