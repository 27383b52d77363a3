"""In-memory implementations of the ports: they remember, answer as the adapters do, and fail on demand.

`tests/contracts` runs one suite over each of them and the adapter it stands for. All that Redis holds is in one
`FakeStore`, so that a group and its schedule change together; time passes only when a test says so.
"""
