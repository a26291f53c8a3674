# Tallyman in an image: one file on Node, as a user without rights; no shell, no package manager.
#   docker build -t tallyman .
# Both bases are arguments, so that a mirror's or a locally made image can stand in. RUN_IMAGE has Node 22.18 or newer at
# /nodejs/bin/node, as distroless' images do.
ARG BUILD_IMAGE=node:24-bookworm-slim
ARG RUN_IMAGE=gcr.io/distroless/nodejs24-debian12

FROM ${BUILD_IMAGE} AS build
WORKDIR /build
COPY package.json package-lock.json .npmrc tsconfig.json ./
COPY scripts/no-ssh2 scripts/no-ssh2
# The install scripts would only fetch a second Node and try esbuild.
RUN npm ci --ignore-scripts
COPY scripts/bundle.ts scripts/page.ts scripts/
COPY src src
ARG REVISION=unknown
RUN TALLYMAN_REVISION="$REVISION" node scripts/bundle.ts

FROM ${RUN_IMAGE}
LABEL org.opencontainers.image.title="Tallyman" \
      org.opencontainers.image.description="cAdvisor-named container metrics from the Docker Engine API, pushed over OTLP" \
      org.opencontainers.image.licenses="MIT"
WORKDIR /tallyman
COPY LICENSE ./
COPY --from=build /build/dist/tallyman.mjs ./
# Nothing is ever written: the root file system may be read-only.
USER 65532:65532
# A small heap for up to some hundred containers; docs/operations.md has what to give it for a thousand.
ENTRYPOINT ["/nodejs/bin/node", "--single-threaded", "--max-semi-space-size=1", "--initial-old-space-size=4", "/tallyman/tallyman.mjs"]
# What it found, with the remedy, is in `docker inspect`. Each check is a sweep and an empty push of its own.
HEALTHCHECK --interval=1m --timeout=30s --start-period=10s --retries=2 \
  CMD ["/nodejs/bin/node", "/tallyman/tallyman.mjs", "check"]
