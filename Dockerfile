FROM python:3.13-slim-bookworm AS build
WORKDIR /app
COPY requirements.lock ./
RUN python -m venv /venv && /venv/bin/pip install --no-cache-dir --require-hashes -r requirements.lock

FROM python:3.13-slim-bookworm
RUN useradd --create-home --uid 10001 guicheng && mkdir /data && chown guicheng /data
COPY --from=build /venv /venv
WORKDIR /app
COPY engine ./engine
COPY web ./web
COPY processes ./processes
COPY forms ./forms
ENV PATH=/venv/bin:$PATH GUICHENG_DATA=/data GUICHENG_HOST=0.0.0.0
USER guicheng
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/health')"]
CMD ["python", "-m", "engine.cli", "run"]
