"""The answers that faults give in Slack's place.

Faults that only delay, hang or cut the connection have no answer of their own: the server handles those.
"""

from slack_emulator.faults import Fault, FaultKind
from slack_emulator.wire import Answer

_HTML_503 = "<html><head><title>503</title></head><body><h1>Service Unavailable</h1></body></html>"
_HTML_429 = "<html><head><title>429</title></head><body><h1>Too Many Requests</h1></body></html>"


def answer_instead(fault: Fault, *, posting: bool) -> Answer | None:
    """The answer of a fault that keeps the call from being processed; None if the call is processed."""
    match fault.kind:
        case FaultKind.UNAVAILABLE_HTML:
            return Answer(503, _HTML_503, content_type="text/html")
        case FaultKind.SERVICE_UNAVAILABLE:
            return _refusal(fault.error or "service_unavailable")
        case FaultKind.ERROR:
            return _refusal(fault.error or "fatal_error")
        case FaultKind.RATE_LIMITED:
            return Answer(429, _throttle_body(fault, posting=posting), _retry_after(fault))
        case FaultKind.RATE_LIMITED_NO_HEADER:
            return Answer(429, {"ok": False, "error": _throttle_error(fault, posting=posting)})
        case FaultKind.RATE_LIMITED_HTML:
            return Answer(429, _HTML_429, _retry_after(fault), "text/html")
        case FaultKind.RATE_LIMITED_TEXT:
            return Answer(429, fault.error or "rate_limited", _retry_after(fault), "text/plain")
        case FaultKind.FORGED:
            return Answer(fault.status, fault.body + " " * fault.padding, fault.headers, "application/json")
        case _:
            return None


def spoilt(fault: Fault, real: Answer) -> Answer:
    """The answer to a call that was processed, as the fault spoils it."""
    match fault.kind:
        case FaultKind.COMMIT_THEN_500:
            return Answer(500, {"ok": False, "error": fault.error or "internal_error"})
        case FaultKind.COMMIT_THEN_ERROR:
            return _refusal(fault.error or "internal_error")
        case FaultKind.TRUNCATED_JSON:
            whole = real.payload.decode()
            return Answer(200, whole[: len(whole) // 2], real.headers, "application/json")
        case _:
            return real


def _throttle_error(fault: Fault, *, posting: bool) -> str:
    """The code of a 429: for a posting method it holds the channel, unless the fault has another."""
    return fault.error or ("rate_limited" if posting else "ratelimited")


def _refusal(code: str) -> Answer:
    return Answer(200, {"ok": False, "error": code})


def _throttle_body(fault: Fault, *, posting: bool) -> dict[str, object]:
    error = _throttle_error(fault, posting=posting)
    body: dict[str, object] = {"ok": False, "error": error}
    return {"retry_after": fault.retry_after_s, **body} if error == "rate_limited" else body


def _retry_after(fault: Fault) -> dict[str, str]:
    header = fault.retry_after_header
    return {} if header is None else {"Retry-After": header}
