# One image for every role: `gateway`, `worker`, `emulator` and the operator's commands. Health is the composer's part,
# because each role has a port of its own: GET /live and /ready.

FROM python:3.13.7-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /src
COPY requirements-build.lock requirements-image.lock ./
RUN python -m venv /opt/build \
    && /opt/build/bin/pip install --require-hashes --only-binary=:all: -r requirements-build.lock \
    && python -m venv --without-pip /opt/alert-router \
    && pip --python /opt/alert-router/bin/python install --require-hashes --only-binary=:all: -r requirements-image.lock
COPY pyproject.toml README.md LICENSE NOTICE ./
COPY locales locales
COPY templates templates
COPY router router
RUN /opt/build/bin/pip wheel --no-deps --no-build-isolation --wheel-dir /wheels . \
    && pip --python /opt/alert-router/bin/python install --no-deps --no-index /wheels/*.whl

FROM python:3.13.7-slim-bookworm
RUN groupadd --gid 10001 alert-router \
    && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin alert-router \
    && install --directory --owner=10001 --group=10001 --mode=0750 /var/lib/alert-router
COPY --from=build /opt/alert-router /opt/alert-router
ENV PATH=/opt/alert-router/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    ALERT_ROUTER_GATEWAY__HOST=0.0.0.0 \
    ALERT_ROUTER_WORKER__HOST=0.0.0.0
USER 10001:10001
WORKDIR /var/lib/alert-router
EXPOSE 8080 8081
STOPSIGNAL SIGTERM
ENTRYPOINT ["alert-router"]
CMD ["--help"]
