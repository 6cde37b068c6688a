# syntax=docker/dockerfile:1
FROM python:3.12-slim AS libraries
COPY requirements.lock /
RUN python -m venv /opt/venv \
 && /opt/venv/bin/pip install --no-cache-dir --require-hashes -r /requirements.lock

FROM python:3.12-slim
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONPATH=/app \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    MPLCONFIGDIR=/tmp/matplotlib \
    PEREZVON_LISTEN=0.0.0.0:8080 \
    PEREZVON_LOG_FORMAT=json \
    PEREZVON_DATABASE_URL=sqlite+aiosqlite:////data/perezvon.db

RUN useradd --system --uid 10001 --no-create-home --home-dir /data perezvon \
 && install -d -o perezvon -g perezvon -m 0700 /data \
 && printf '#!/bin/sh\nexec python -m bot "$@"\n' > /usr/local/bin/perezvon \
 && chmod 0755 /usr/local/bin/perezvon

COPY --from=libraries /opt/venv /opt/venv
COPY LICENSE /app/
COPY bot /app/bot
COPY followup /app/followup
COPY handlers /app/handlers
COPY jobs /app/jobs
COPY messenger /app/messenger
COPY providers /app/providers
COPY sandbox /app/sandbox
COPY storage /app/storage
COPY templates /app/templates

WORKDIR /data
VOLUME /data
USER perezvon
EXPOSE 8080
# SIGTERM: stops taking, finishes, exits 0 within 10 s.
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s --retries=4 \
    CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8080/livez', timeout=4)"]
ENTRYPOINT ["perezvon"]
CMD ["serve"]
