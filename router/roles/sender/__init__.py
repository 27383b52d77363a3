"""What stands beside a sender that cannot seal, as Alertmanager: it seals each body and hands it on."""
