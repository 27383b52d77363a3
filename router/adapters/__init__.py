"""One outside system each; foreign errors become ours at the edge. Adapters do not know each other."""
