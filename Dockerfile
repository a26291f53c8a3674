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
# Others in the network reach the door, unless http.listen says otherwise.
ENV TALLYMAN_DEFAULT_HTTP_LISTEN=:9103
EXPOSE 9103
# Asks the agent itself, by the door; what is wrong is in `docker inspect`.
HEALTHCHECK --interval=30s --timeout=10s --start-period=15s --retries=3 \
  CMD ["/nodejs/bin/node", "/tallyman/tallyman.mjs", "health"]
