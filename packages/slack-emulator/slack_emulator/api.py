"""Answers Web API calls without any network: from the request as it arrived to Slack's reply.

A call is logged before the first check. The order of the checks is fixed, since Slack does not publish its own: known
method, readable arguments, token, scope, rate limit, required arguments, and then the method's.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from slack_emulator.faults import Sighting
from slack_emulator.journal import AnomalyKind, Call, Journal
from slack_emulator.limits import Caller, RateLimiter
from slack_emulator.methods import METHODS, PUBLIC_METHODS, Context, Rule, missing_scope
from slack_emulator.refusal import RefusalError
from slack_emulator.wire import Answer, Arguments, Incoming, read_arguments
from slack_emulator.workspace import Channel, Token, TokenStatus, World

_MAX_UNREADABLE = 4_096
_DEAD_TOKENS = {
    TokenStatus.REVOKED: "token_revoked",
    TokenStatus.INACTIVE: "account_inactive",
    TokenStatus.EXPIRED: "token_expired",
}


@dataclass(frozen=True, slots=True)
class Seen:
    """A logged call and its arguments, or why they could not be read."""

    call: Call
    arguments: Arguments
    unreadable: RefusalError | None = None


@dataclass(slots=True)
class _Outcome:
    body: dict[str, Any] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    retry_after_s: float | None = None


@dataclass(frozen=True, slots=True)
class WebApi:
    """The Web API over one world."""

    world: World
    journal: Journal
    limiter: RateLimiter
    clock: Callable[[], float]

    def see(self, incoming: Incoming) -> Seen:
        """Log the call, before any check."""
        call = Call(incoming.method, self.clock())
        self.journal.calls.append(call)
        try:
            arguments = read_arguments(incoming)
        except RefusalError as refusal:
            call.unreadable = incoming.body[:_MAX_UNREADABLE]
            return Seen(call, Arguments(), refusal)
        self._identify(call, arguments)
        return Seen(call, arguments)

    def sighting(self, seen: Seen) -> Sighting:
        """What faults match against."""
        channel = self._channel(seen)
        names = {channel.id, channel.name, f"#{channel.name}"} if channel else {seen.call.channel or ""}
        threaded = bool(seen.arguments.values.get("thread_ts"))
        return Sighting(seen.call.method, seen.call.team_id, frozenset(names), threaded)

    def caller(self, seen: Seen) -> Caller | None:
        """Whose budgets the call spends; None without a known token."""
        token = self.world.tokens.get(seen.arguments.token or "")
        return Caller(token.team_id, token.app_id, seen.call.method, seen.call.channel) if token else None

    def perform(self, seen: Seen, *, stale_s: float = 0) -> Answer:
        """Process the call, or refuse it with Slack's error; what is read is `stale_s` old."""
        outcome = _Outcome(warnings=list(seen.arguments.warnings))
        try:
            outcome.body = {"ok": True, **self._run(seen, outcome.warnings, stale_s)}
            seen.call.accepted = True
        except RefusalError as refusal:
            outcome.body = refusal.body()
            outcome.retry_after_s = refusal.retry_after_s
        return self._answer(seen, outcome)

    def _run(self, seen: Seen, warnings: list[str], stale_s: float) -> dict[str, Any]:
        method = seen.call.method
        if method not in METHODS and method not in PUBLIC_METHODS:
            raise RefusalError("unknown_method", extra={"req_method": method})
        if seen.unreadable:
            raise seen.unreadable
        if method in PUBLIC_METHODS:
            return PUBLIC_METHODS[method](seen.arguments)
        rule = METHODS[method]
        token = self._token(seen.arguments)
        if rule.scopes and token.scopes.isdisjoint(rule.scopes):
            raise missing_scope(rule.scopes[0], token)
        suppressed = self._admit(seen, rule)
        _demand(rule, seen.arguments)
        context = self._context(seen, token, warnings, suppressed=suppressed)
        context.shown_until_s = context.now_s - stale_s
        return rule.run(context, seen.arguments)

    def _token(self, arguments: Arguments) -> Token:
        if arguments.token is None:
            raise RefusalError("not_authed")
        token = self.world.tokens.get(arguments.token)
        if token is None:
            raise RefusalError("invalid_auth")
        if token.status is not TokenStatus.ACTIVE:
            raise RefusalError(_DEAD_TOKENS[token.status])
        return token

    def _admit(self, seen: Seen, rule: Rule) -> bool:
        caller = self.caller(seen)
        if caller is None:
            raise RefusalError("invalid_auth")
        verdict = self.limiter.admit(caller, rule.budgets)
        if verdict.premature:
            detail = f"{caller.method} called again before its Retry-After had passed"
            self.journal.note(AnomalyKind.IGNORED_RETRY_AFTER, detail, caller.team_id, caller.channel)
        if verdict.error is None:
            return verdict.suppressed
        wait_s = verdict.retry_after_s
        extra = {"retry_after": _number(wait_s)} if wait_s and verdict.error == "rate_limited" else {}
        raise RefusalError(verdict.error, extra=extra, retry_after_s=wait_s)

    def _context(self, seen: Seen, token: Token, warnings: list[str], *, suppressed: bool) -> Context:
        return Context(
            world=self.world,
            workspace=self.world.workspaces[token.team_id],
            token=token,
            journal=self.journal,
            limits=self.limiter.limits,
            call=seen.call,
            now_s=self.clock(),
            suppressed=suppressed,
            warnings=warnings,
        )

    def _answer(self, seen: Seen, outcome: _Outcome) -> Answer:
        body, headers = outcome.body, {}
        if outcome.warnings:
            body["warning"] = ",".join(outcome.warnings)
            body.setdefault("response_metadata", {})["warnings"] = outcome.warnings
        token = self.world.tokens.get(seen.arguments.token or "")
        if token:
            headers["X-OAuth-Scopes"] = ",".join(sorted(token.scopes))
        if outcome.retry_after_s is None:
            return Answer(200, body, headers)
        return Answer(429, body, {**headers, "Retry-After": str(_number(outcome.retry_after_s))})

    def _identify(self, call: Call, arguments: Arguments) -> None:
        call.args = dict(arguments.values)
        call.token = arguments.token
        token = self.world.tokens.get(arguments.token or "")
        call.team_id = token.team_id if token else None
        reference = arguments.values.get("channel")
        call.channel = reference if isinstance(reference, str) else None
        channel = self._channel(Seen(call, arguments))
        call.channel = channel.id if channel else call.channel

    def _channel(self, seen: Seen) -> Channel | None:
        workspace = self.world.workspaces.get(seen.call.team_id or "")
        return workspace.find(seen.call.channel) if workspace and seen.call.channel else None


def _demand(rule: Rule, arguments: Arguments) -> None:
    missing = [name for name in rule.required if arguments.values.get(name) in (None, "")]
    if missing:
        raise RefusalError("invalid_arguments", [f"missing required field: {name}" for name in missing])


def _number(wait_s: float) -> int | float:
    return int(wait_s) if float(wait_s).is_integer() else wait_s
