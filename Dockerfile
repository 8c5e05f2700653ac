# One image for every door and the worker. It holds no secret and needs no write to its own files.
#
#   docker build -t stemme .
#   docker run --rm -e DATABASE_URL=OWNER -v secrets:/data/secrets stemme migrate
#
# `migrate` leaves the password of each role in its volume. Give a process the address with its own
# role only, so that it holds nobody else's:
#
#   docker run --read-only --tmpfs /tmp -p 8000:8000 -e DATABASE_URL=RESIDENT -v resident:/data stemme door resident
#   docker run --read-only --tmpfs /tmp -p 8001:8001 -e DATABASE_URL=STAFF -v staff:/data stemme door staff

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
RUN useradd --system --uid 10001 --no-create-home stemme \
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
