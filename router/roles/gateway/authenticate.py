"""Who may send for which tenant: a copy of all token digests, and the check of one request.

The copy outlives Redis; Redis is asked before a token is called unknown. It follows what is announced. After
Redis was away, and where its count is not that of Redis, all tokens are read again: a change whose announcement was
lost holds within a second as well. When Redis has lost its index the copy goes on; it is stored again once the next
index has begun, and nobody is called unknown as long as a token may have been lost.
"""

import binascii
import re
import time
from base64 import b64decode
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import structlog

from router.core.model.alert import TenantId
from router.core.model.token import token_digest
from router.errors import UnavailableError
from router.http.problems import Problem
from router.ports.tenants import TokenChanges, Tokens
from router.roles.polling import poll

_POLL_S: Final = 1.0
_RETRY_AFTER_S: Final = 5
_NOTED_EACH_S: Final = 60.0
"""How often at most the use of one token is stored."""

_REMEDY: Final = "`alert-router token list TENANT` shows them; revoke what nobody has made, sign the rest"

_BEARER: Final = re.compile(r"bearer +(\S+) *", re.IGNORECASE | re.ASCII)
_BASIC: Final = re.compile(r"basic +([A-Za-z0-9+/=]+) *", re.IGNORECASE | re.ASCII)


class SenderTokens:
    """The tokens of all tenants, by digest."""

    def __init__(self, tokens: Tokens, monotonic_s: Callable[[], float] = time.monotonic) -> None:
        self._tokens = tokens
        self._monotonic_s = monotonic_s
        self._used: set[str] = set()
        self._noted_s: dict[str, float] = {}
        self._tenants: dict[str, TenantId] = {}
        self._revoked: set[str] = set()
        """Digests that were revoked while this process lived: whoever puts one back changes nothing."""
        self._sequence = 0
        self._is_in_step = False
        self._generation = ""
        self._is_doubtful = True
        self._log = structlog.get_logger("router.sender_tokens")
        self.loaded = False
        self.lost = False
        """Whether Redis has lost the tokens, and those of the copy are not stored again yet."""
        self.refused = 0
        """Stored tokens that are nobody's, since they are not signed or cannot be read."""

    async def load(self) -> None:
        """Bring the copy up to date; the last one stays when Redis has lost its data."""
        was_in_step, self._is_in_step = self._is_in_step, False
        new = await self._tokens.changed_since(self._sequence)
        self._is_doubtful = new.doubtful
        if self._generation not in {"", new.generation}:
            was_in_step = False
            if not await self._is_brought_back(new):
                return
        self._generation = new.generation
        if was_in_step and new.complete:
            for digest, tenant in new.changed.items():
                self._note(digest, tenant)
        if not was_in_step or not new.complete or new.stored != len(self._tenants) + self.refused:
            await self._copy(new.stored)
        self._sequence = new.newest
        self._is_in_step = self.loaded = True

    def _note(self, digest: str, tenant: TenantId | None) -> None:
        if tenant is None:
            self._tenants.pop(digest, None)
            self._revoked.add(digest)
        elif digest not in self._revoked:
            self._tenants[digest] = tenant

    async def _copy(self, stored: int) -> None:
        """Copy all digests that are good; what nobody can read, or has signed, is nobody's token."""
        newest = {one: tenant for one, tenant in (await self._tokens.all()).items() if one not in self._revoked}
        refused = max(0, stored - len(newest))
        if refused > self.refused:
            self._log.error("tokens_refused", tokens=refused, remedy=_REMEDY)
        self._tenants, self.refused = newest, refused

    async def _is_brought_back(self, new: TokenChanges) -> bool:
        """Store the copy in the next index, if that has begun."""
        if not self.lost:
            self._log.error("tokens_lost", kept=len(self._tenants))
            self.lost = True
        if not new.generation:
            return False
        await self._tokens.bring_back(self._tenants)
        self._log.info("tokens_brought_back", tokens=len(self._tenants))
        self.lost = False
        return True

    @property
    def can_judge(self) -> bool:
        """Whether there are tokens to judge senders by, or it is certain that there are none."""
        return self.loaded and (bool(self._tenants) or not (self._is_doubtful or self.refused))

    async def watch(self) -> None:
        """Follow changes until cancelled; the last copy stays when Redis is away."""
        await poll(_POLL_S, self._follow, "tokens_unreachable")

    async def _follow(self) -> None:
        await self.load()
        await self.note_uses()

    async def note_uses(self) -> None:
        """Store which tokens were used, each at most once a minute."""
        now_s = self._monotonic_s()
        due = {one for one in self._used if now_s - self._noted_s.get(one, -_NOTED_EACH_S) >= _NOTED_EACH_S}
        if due:
            await self._tokens.note_uses(due)
            self._used -= due
            self._noted_s |= dict.fromkeys(due, now_s)

    async def tenant_of(self, token: str) -> TenantId | None:
        """Whose token this is.

        Raises:
            UnavailableError: it is not in the copy, and Redis cannot be asked, or may have lost it; or no stored
                token is good, as where a key was set before anything was signed.
        """
        digest = token_digest(token)
        owner = None
        if digest not in self._revoked:
            owner = self._tenants.get(digest) or await self._tokens.tenant_of(digest)
        if owner is None and (self._is_doubtful or self.lost):
            raise UnavailableError("Redis has lost its index, and perhaps this token")
        if owner is None and not self.can_judge:
            raise UnavailableError("no stored token is signed as it must be")
        if owner is not None:
            self._used.add(digest)
        return owner


@dataclass(frozen=True, slots=True)
class Authentication:
    """Checks the token of a request; the tenant is the token's, and the URL must name the same."""

    senders: SenderTokens

    async def check(self, tenant: TenantId, authorization: str) -> None:
        """Let the sender in.

        Raises:
            Problem: 401 without a known token, 403 for another tenant's, 503 when it cannot be looked up.
        """
        token = _token_in(authorization)
        if not token:
            raise Problem(
                401, "token-missing", "send the header Authorization: Bearer TOKEN, or Basic with it as the password"
            )
        try:
            owner = await self.senders.tenant_of(token)
        except UnavailableError:
            raise Problem(503, "tokens-unavailable", "tokens cannot be looked up now", _RETRY_AFTER_S) from None
        if owner is None:
            raise Problem(401, "unknown-token", "this token is not known; `alert-router token create` makes one")
        if owner != tenant:
            raise Problem(403, "foreign-tenant", "this token does not belong to the tenant of the URL")


def _token_in(authorization: str) -> str:
    """The token that the header holds; with Basic it is the password, and any name will do. "" if there is none."""
    bearer = _BEARER.fullmatch(authorization)
    if bearer is not None:
        return bearer[1]
    basic = _BASIC.fullmatch(authorization)
    try:
        credentials = b64decode(basic[1], validate=True).decode() if basic else ""
    except (binascii.Error, UnicodeDecodeError):
        return ""
    return credentials.partition(":")[2]
