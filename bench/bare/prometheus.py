"""`python -m bench.bare.prometheus WAIT_S`: `up > 0` is a rule of any alert, and one series; answers after a wait.

With a wait of `never` it takes connections and answers nobody.
"""

import asyncio
import json
import sys
from typing import Final
from urllib.parse import parse_qs

HOST: Final = "127.0.0.1"
EXPRESSION: Final = "up > 0"
_POINTS: Final = 20


async def _serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, wait: str) -> None:
    try:
        while head := await reader.readuntil(b"\r\n\r\n"):
            if wait == "never":
                continue
            await asyncio.sleep(float(wait))
            content = json.dumps({"status": "success", "data": _answer(head.split(b" ", 2)[1].decode())}).encode()
            lines = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b"
            writer.write(lines % (len(content), content))
    except (asyncio.IncompleteReadError, OSError):
        writer.close()


def _answer(target: str) -> object:
    path, _, query = target.partition("?")
    asked = parse_qs(query)
    if path.endswith("/rules"):
        rule = {"type": "alerting", "name": asked["rule_name[]"][0], "query": EXPRESSION}
        return {"groups": [{"rules": [rule]}]}
    start, step = float(asked["start"][0]), float(asked["step"][0])
    values = [[start + step * number, str(1 + number / 10)] for number in range(_POINTS)]
    return {"resultType": "matrix", "result": [{"metric": {"__name__": "up"}, "values": values}]}


async def main(wait: str) -> None:
    """Serve until killed."""
    server = await asyncio.start_server(lambda reader, writer: _serve(reader, writer, wait), HOST, 0)
    sys.stdout.write(json.dumps({"port": server.sockets[0].getsockname()[1]}) + "\n")
    sys.stdout.flush()
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
