# The bot, without a compiler, as a user without rights, on a root that may be read-only:
#
#   docker build -t teleprinter .
#   docker build -t teleprinter --build-arg LOCK=requirements-extras.lock .   with all extras
#   docker run --env-file .env --read-only --tmpfs /tmp -v teleprinter:/data teleprinter
#
# TELEPRINTER_MODEL=local needs the package libgomp1 besides, and a folder that can be written for TELEPRINTER_CACHE.

FROM python:3.11-slim-bookworm AS build
WORKDIR /src
ENV PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python -m venv /opt/teleprinter
ARG LOCK=requirements.lock
COPY requirements.lock requirements-extras.lock ./
RUN /opt/teleprinter/bin/python -m pip install --no-cache-dir --require-hashes -r "$LOCK"
COPY pyproject.toml README.md LICENSE manifest.yml ./
COPY bot bot
COPY slack_emulator slack_emulator
RUN /opt/teleprinter/bin/python -m pip install --no-cache-dir --no-deps --no-build-isolation .

FROM python:3.11-slim-bookworm
RUN install --directory --owner=10001 --group=10001 --mode=0700 /data
COPY --from=build /opt/teleprinter /opt/teleprinter
ENV PATH=/opt/teleprinter/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    DATABASE_URL=sqlite:////data/teleprinter.sqlite \
    TELEPRINTER_LOG_FORMAT=json \
    TELEPRINTER_STATUS_PORT=9100
VOLUME /data
WORKDIR /data
USER 10001:10001
# HTTP events, where there is no app token; and /live, /ready and /metrics, which are not for the internet.
EXPOSE 3000 9100
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:9100/live', timeout=4)"]
ENTRYPOINT ["teleprinter"]
CMD ["run"]
