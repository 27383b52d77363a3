"""`python -m bench.bare.gateway BOOTSTRAP TOPIC PORT`: a handler that appends the body and answers 202."""

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import uvicorn
from aiokafka import AIOKafkaProducer
from fastapi import FastAPI, Request, Response

from bench.bare.inbound import ready


def application(bootstrap: str, topic: str) -> FastAPI:
    """`POST /{tenant}`."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        producer: Any = AIOKafkaProducer(bootstrap_servers=bootstrap, acks="all")
        async with producer:
            app.state.producer = producer
            ready({})
            yield

    app = FastAPI(lifespan=lifespan)

    @app.post("/{tenant}")
    async def accept(tenant: str, request: Request) -> Response:
        content = await request.body()
        await app.state.producer.send_and_wait(
            topic, content, key=tenant.encode(), headers=[("tenant", tenant.encode())]
        )
        return Response(status_code=202)

    return app


def main(bootstrap: str, topic: str, port: int) -> None:
    """Serve until asked to stop; it listens before it is ready, so that nobody is refused."""
    config = uvicorn.Config(application(bootstrap, topic), port=port, log_level="warning", access_log=False)
    place = config.bind_socket()
    place.listen()
    uvicorn.Server(config).run(sockets=[place])


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
