"""Does what the command that `demo --keep` prints would do, on machines that have no curl."""

import shlex
from dataclasses import dataclass

import aiohttp


@dataclass(frozen=True)
class Pasted:
    """The command's parts."""

    url: str
    headers: dict[str, str]
    body: str

    @classmethod
    def read(cls, command: str) -> "Pasted":
        """As a shell would read it."""
        words = shlex.split(command.replace("\\\n", ""))
        assert words[:3] == ["curl", "--silent", "--show-error"]
        options = list(zip(words[4::2], words[5::2], strict=True))
        headers = dict(value.split(": ", 1) for name, value in options if name == "--header")
        [body] = [value for name, value in options if name == "--data"]
        return cls(words[3], headers, body)


def command_in(printed: str) -> str:
    """The command within what the demo said."""
    return "curl" + printed.rpartition("\ncurl")[2].partition("\n\n")[0]


async def paste(command: str) -> int:
    """Run it; the status of the answer."""
    pasted = Pasted.read(command)
    async with (
        aiohttp.ClientSession() as session,
        session.post(pasted.url, data=pasted.body, headers=pasted.headers) as response,
    ):
        return response.status
