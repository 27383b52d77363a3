"""redis-py's client, with shared round trips; transactions and what watches keys have a connection of their own."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha1
from typing import Any

from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.client import Pipeline
from redis.exceptions import NoScriptError

from router.adapters.redis.round_trips import Answer, Command, RoundTrips


class Scripts:
    """The texts of scripts by digest: they are sent by digest, and whole where the server lacks them."""

    def __init__(self) -> None:
        self.texts: dict[str, str] = {}

    def repaired(self, command: Command) -> Command:
        """A command whose script the server lacks, with the script's text."""
        (_, digest, *rest), options = command
        return ("EVAL", self.texts[digest], *rest), options


class Pooled:
    """Round trips over the connections of a pool."""

    def __init__(self, client: "Client", scripts: Scripts) -> None:
        self._client = client
        self._scripts = scripts

    async def send(self, commands: Sequence[Command]) -> Sequence[Answer]:
        """One round trip, and one more for scripts that the server does not know yet."""
        answers = list(await self._send(commands))
        unknown = [index for index, answer in enumerate(answers) if isinstance(answer, NoScriptError)]
        if unknown:
            again = await self._send([self._scripts.repaired(commands[index]) for index in unknown])
            for index, answer in zip(unknown, again, strict=True):
                answers[index] = answer
        return answers

    async def _send(self, commands: Sequence[Command]) -> Sequence[Answer]:
        pipeline = Pipeline(self._client.connection_pool, self._client.response_callbacks, False, None)  # noqa: FBT003
        pipeline.command_stack = list(commands)
        return await pipeline.execute(raise_on_error=False)


class SharedPipeline(Pipeline):
    """Commands that go together, perhaps with those of others."""

    def __init__(self, client: "Client") -> None:
        super().__init__(client.connection_pool, client.response_callbacks, False, None)  # noqa: FBT003
        self._trips = client.trips

    async def execute(self, raise_on_error: bool = True) -> list[Any]:  # noqa: FBT001, FBT002 - redis-py's signature
        """The answers in order.

        Raises:
            RedisError: a command has failed, and errors are to be raised; the first of them.
        """
        stack, self.command_stack = self.command_stack, []
        answers = list(await self._trips.run(stack)) if stack else []
        if raise_on_error:
            self.raise_first_error(stack, answers)
        return answers


class Client(Redis):
    """All commands but those of transactions share round trips."""

    def __init__(self, pool: BlockingConnectionPool) -> None:
        super().__init__(connection_pool=pool)
        self.auto_close_connection_pool = True
        self.scripts = Scripts()
        self.trips = RoundTrips(Pooled(self, self.scripts).send)

    async def execute_command(self, *args: object, **options: object) -> Answer:
        """The answer.

        Raises:
            RedisError: the command has failed.
        """
        [answer] = await self.trips.run([(args, options)])
        if isinstance(answer, Exception):
            raise answer
        return answer

    def pipeline(self, transaction: bool = True, shard_hint: str | None = None) -> Pipeline:  # noqa: FBT001, FBT002
        """Commands that go together; with `transaction` on a connection of their own, and all or none of them."""
        return super().pipeline(transaction, shard_hint) if transaction else SharedPipeline(self)

    def script(self, text: str) -> "Script":
        """A script that is called by its digest."""
        digest = sha1(text.encode(), usedforsecurity=False).hexdigest()
        self.scripts.texts[digest] = text
        return Script(self, digest)


@dataclass(frozen=True, slots=True)
class Script:
    """A script that the server knows by its digest."""

    client: Client
    digest: str

    async def __call__(
        self, keys: Sequence[str], args: Sequence[str | int], client: Pipeline | None = None
    ) -> Answer:
        """The answer; nothing yet where it goes with other commands of a pipeline."""
        words = ("EVALSHA", self.digest, len(keys), *keys, *args)
        return await (self.client if client is None else client).execute_command(*words)
