# One image for every process of the desk; compose.yaml says which one runs.
FROM python:3.12-slim-bookworm AS packages
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /opt/venv
COPY requirements.txt requirements-prod.txt /tmp/
# With hashes: what is installed is what was locked and tested.
RUN /opt/venv/bin/pip install --require-hashes --requirement /tmp/requirements.txt \
    && /opt/venv/bin/pip install --require-hashes --requirement /tmp/requirements-prod.txt

FROM python:3.12-slim-bookworm
# pg_dump, for the backup before a migration; Debian 12 has the one for PostgreSQL 15.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends postgresql-client \
    && rm -rf /var/lib/apt/lists/* \
    && groupadd --gid 10001 desk \
    && useradd --uid 10001 --gid desk --no-create-home --home-dir /nonexistent desk \
    && install --directory --owner=desk --group=desk /var/lib/desk
COPY --from=packages /opt/venv /opt/venv
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    VAR_DIR=/var/lib/desk \
    BIND=0.0.0.0 \
    PORT=8000
WORKDIR /srv/desk
COPY . .
USER 10001:10001
VOLUME /var/lib/desk
EXPOSE 8000
CMD ["python", "-m", "config.procfile", "web"]
