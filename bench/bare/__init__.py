"""The yardsticks: the least code on the same libraries that does the same reads, writes and calls.

Nothing is routed, folded, limited, repeated or remembered here, and a crash loses what was under way.
"""
