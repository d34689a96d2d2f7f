# syntax=docker/dockerfile:1
# One image for every process of the studio; docker-compose.yml says which command each runs.

FROM node:24-slim AS ui
WORKDIR /ui
COPY frontend/package.json frontend/package-lock.json frontend/.npmrc ./
RUN npm ci --no-audit --no-fund
COPY frontend/ ./
RUN npm run build

FROM python:3.11-slim AS packages
# For machines without a GPU: --build-arg PIP_ARGS="--extra-index-url <an index of CPU builds of torch>"
ARG PIP_ARGS=""
RUN python -m venv /opt/venv
COPY requirements.txt ./
RUN /opt/venv/bin/pip install --no-cache-dir $PIP_ARGS -r requirements.txt

FROM python:3.11-slim
RUN useradd --uid 10001 --create-home studio && install -d -o studio -g studio /data
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 STUDIO_DATA_DIR=/data STUDIO_HOST=0.0.0.0
WORKDIR /app
COPY --from=packages /opt/venv /opt/venv
COPY manage.py NOTICE ./
COPY studio studio
COPY core core
COPY datasets datasets
COPY labeling labeling
COPY training training
COPY serving serving
COPY applications applications
COPY --from=ui /ui/dist frontend/dist
USER studio
VOLUME /data
EXPOSE 8000 8001
CMD ["python", "-m", "studio.supervisor"]
