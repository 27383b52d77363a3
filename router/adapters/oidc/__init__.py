"""OpenID Connect: an issuer's keys, and the access tokens that it signs."""
