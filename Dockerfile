# Two images. `service`, the default, is for production: `gateway`, `worker`, `projector` and the operator's commands. `local` adds
# the packages of the extra of that name, for the emulated Slack of docker-compose.yml. Health is the composer's part,
# because each role has a port of its own: GET /live and /ready.

FROM python:3.13.7-slim-bookworm@sha256:adafcc17694d715c905b4c7bebd96907a1fd5cf183395f0ebc4d3428bd22d92d AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /src
COPY requirements-build.lock requirements-image.lock ./
RUN python -m venv /opt/build \
    && /opt/build/bin/pip install --require-hashes --only-binary=:all: -r requirements-build.lock \
    && python -m venv --without-pip /opt/alert-router \
    && pip --python /opt/alert-router/bin/python install --require-hashes --only-binary=:all: -r requirements-image.lock
COPY pyproject.toml hatch_build.py README.md LICENSE NOTICE ./
COPY locales locales
COPY templates templates
COPY router router
RUN /opt/build/bin/pip wheel --no-deps --no-build-isolation --wheel-dir /wheels . \
    && pip --python /opt/alert-router/bin/python install --no-deps --no-index /wheels/*.whl

FROM build AS build-local
COPY requirements-local.lock ./
RUN pip --python /opt/alert-router/bin/python install --require-hashes --only-binary=:all: -r requirements-local.lock
COPY packages packages
RUN /opt/build/bin/pip wheel --no-deps --no-build-isolation --wheel-dir /wheels-local ./packages/* \
    && pip --python /opt/alert-router/bin/python install --no-deps --no-index /wheels-local/*.whl

FROM python:3.13.7-slim-bookworm@sha256:adafcc17694d715c905b4c7bebd96907a1fd5cf183395f0ebc4d3428bd22d92d AS base
RUN groupadd --gid 10001 alert-router \
    && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin alert-router \
    && install --directory --owner=10001 --group=10001 --mode=0750 /var/lib/alert-router
ENV PATH=/opt/alert-router/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    ALERT_ROUTER_GATEWAY__HOST=0.0.0.0 \
    ALERT_ROUTER_WORKER__HOST=0.0.0.0 \
    ALERT_ROUTER_PROJECTOR__HOST=0.0.0.0 \
    ALERT_ROUTER_CONTROL__HOST=0.0.0.0
USER 10001:10001
WORKDIR /var/lib/alert-router
EXPOSE 8080 8081 8082 8083 8084 8085
STOPSIGNAL SIGTERM
ENTRYPOINT ["alert-router"]
CMD ["--help"]

FROM base AS local
COPY --from=build-local /opt/alert-router /opt/alert-router

FROM base AS service
COPY --from=build /opt/alert-router /opt/alert-router
