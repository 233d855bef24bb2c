# The application, and with `--target translation` the worker that translates.
FROM python:3.13-slim-bookworm AS application

ENV PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 OPINA_HOME=/srv/opina
WORKDIR /app

COPY requirements/production.txt requirements/
RUN pip install --no-cache-dir --require-hashes -r requirements/production.txt

RUN useradd --system --uid 10001 --home-dir /srv/opina opina \
    && mkdir -p /srv/opina/media && chown -R opina /srv/opina
COPY . .
# Static files are collected into the image; the values below are used for that alone.
RUN SECRET_KEY=build DATABASE_URL=postgres:///build REDIS_URL=redis://build \
    python manage.py collectstatic --no-input --verbosity 0

USER opina
EXPOSE 8000
CMD ["gunicorn", "config.wsgi", "--bind", "0.0.0.0:8000", "--workers", "2", "--threads", "4"]

FROM application AS translation
USER root
RUN apt-get update \
    && apt-get install -y --no-install-recommends \
        apertium apertium-eng-spa apertium-fr-es apertium-es-pt \
    && rm -rf /var/lib/apt/lists/*
USER opina
CMD ["celery", "-A", "config", "worker", "--queues", "translation,translation_jobs", "--loglevel", "INFO"]
