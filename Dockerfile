# One image for every door and the worker. It holds no secret and writes nothing to its own files.
#
#   docker build -t stemme .
#   docker run --rm -e DATABASE_URL=postgresql://owner:…@db/stemme -v all:/data/secrets stemme migrate
#
# `migrate` leaves one password file a role in its volume. Give each process a volume with the files
# of its own roles alone (worker: release, fieldwork, retention) and an address that names no user:
#
#   alias run='docker run --read-only --tmpfs /tmp -e DATABASE_URL=postgresql://db/stemme'
#   run -v resident:/data/secrets -p 8000:8000 stemme door resident
#   run -v staff:/data/secrets -p 8001:8001 stemme door staff
#   run -v worker:/data/secrets --no-healthcheck stemme worker

FROM node:24-slim AS packages
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev && touch node_modules/packages.stamp

FROM python:3.13-slim AS build
WORKDIR /app
COPY requirements.lock ./
RUN python -m venv --without-pip .venv \
 && pip --python .venv/bin/python --no-cache-dir --disable-pip-version-check \
      install --require-hashes --only-binary :all: --no-deps -r requirements.lock \
 && echo ../../../../src > .venv/lib/python3.13/site-packages/stemme.pth
COPY --from=packages /app/node_modules node_modules
COPY src src
COPY surveys surveys
COPY dashboards dashboards
COPY locales locales
RUN .venv/bin/python -m compileall -q src \
 && STEMME_PLACE=/app .venv/bin/python -m stemme.build \
 && rm -r node_modules requirements.lock

FROM python:3.13-slim
RUN useradd --uid 10001 --no-create-home stemme \
 && install --directory --owner=stemme --mode=0700 /data /data/secrets
COPY --from=build /app /app
WORKDIR /app
ENV PATH=/app/.venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 \
    STEMME_PLACE=/app STEMME_BUILD=/app/.build STEMME_DATA=/data HOST=0.0.0.0
USER stemme
VOLUME /data
EXPOSE 8000 8001
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s \
  CMD ["python", "-m", "stemme.doors.health"]
ENTRYPOINT ["python", "-m", "stemme"]
CMD ["door", "resident"]
