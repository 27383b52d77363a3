# What gateways may do in a mount that is Alert Router's alone: unwrap tenants' keys.
path "transit/decrypt/+" {
  capabilities = ["update"]
}
