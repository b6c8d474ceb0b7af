# 舆情雷达: the application alone. Elasticsearch comes as its own official image, see compose.yaml.
FROM python:3.11-slim AS build
WORKDIR /src
COPY requirements.lock ./
RUN python -m venv /opt/yuqing && /opt/yuqing/bin/pip install --no-cache-dir --require-hashes -r requirements.lock
COPY . .
RUN /opt/yuqing/bin/pip install --no-cache-dir --no-deps .

FROM python:3.11-slim
# Times are printed in the configured zone; logs and data belong to a user without rights.
RUN useradd --uid 10001 --create-home --home-dir /var/lib/yuqing --shell /usr/sbin/nologin yuqing \
    && install -d -o yuqing -g yuqing -m 0700 /var/lib/yuqing/data /var/lib/yuqing/keys
COPY --from=build /opt/yuqing /opt/yuqing
ENV PATH=/opt/yuqing/bin:$PATH PYTHONDONTWRITEBYTECODE=1 YUQING_CONFIG=/var/lib/yuqing/yuqing.yaml
USER 10001:10001
WORKDIR /var/lib/yuqing
# No port is listened on. SIGTERM ends all roles cleanly; 20 s is what the supervisor gives them.
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=60s --timeout=30s --start-period=60s CMD ["yuqing", "status", "--json"]
ENTRYPOINT ["yuqing"]
CMD ["run"]
