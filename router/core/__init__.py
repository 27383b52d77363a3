"""The rules, as pure functions of values: no I/O, no await, no clock, no environment.

In the order of the data: parse, route, fold, decide, budget, render, and settle, which takes Slack's answer back
into the stored notification. `now` is always an argument.
"""
