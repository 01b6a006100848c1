# The image of all of Lotse's processes: web, worker, beat and the one-shot preparation.

FROM node:22-slim AS assets
WORKDIR /build
COPY site/assets/package.json site/assets/package-lock.json site/assets/
RUN cd site/assets && npm ci --no-audit --no-fund --ignore-scripts
# The stylesheet keeps only what templates and blocks use, so they are read here.
COPY site/assets site/assets
COPY templates templates
COPY kb kb
RUN cd site/assets && npm run --silent build

FROM python:3.11-slim
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=/srv/lotse/site:/srv/lotse \
    DJANGO_SETTINGS_MODULE=config.settings.production LOTSE_VAR=/var/lib/lotse LOTSE_BIND=0.0.0.0:8000 \
    HF_HUB_OFFLINE=1 TOKENIZERS_PARALLELISM=false
RUN useradd --system --uid 10001 --home-dir /var/lib/lotse --create-home lotse
WORKDIR /srv/lotse
COPY requirements.lock .
# An index with CPU builds of torch; without one, an amd64 machine gets a build that wants CUDA (docs/operators.md).
ARG TORCH_INDEX=""
RUN pip install --no-cache-dir --no-deps ${TORCH_INDEX:+--extra-index-url "$TORCH_INDEX"} -r requirements.lock \
    && python -c "import torch"
COPY site site
COPY kb kb
COPY search search
COPY templates templates
COPY --from=assets /build/site/assets/build site/assets/build
USER lotse
VOLUME /var/lib/lotse
EXPOSE 8000
CMD ["gunicorn", "--config", "python:config.gunicorn", "config.wsgi"]
