"""Is there something to notify, why, by which call, and when to look again."""
