# syntax=docker/dockerfile:1
# One image for every process; the command chooses which: node apps/worker/src/main.ts, apps/poller, apps/receiver,
# apps/console, apps/simulator, or apps/cli for the hikyaku command. Node runs the TypeScript sources as they are.
ARG NODE_VERSION=24.21.0

FROM node:${NODE_VERSION}-slim AS dependencies
WORKDIR /app
RUN npm install --global pnpm@10.34.9
COPY pnpm-lock.yaml pnpm-workspace.yaml package.json ./
COPY patches patches
RUN pnpm fetch --prod
COPY apps apps
COPY packages packages
# No optional packages: they hold the PostgreSQL of the embedded stack, which a container does not use.
RUN pnpm install --prod --no-optional --offline --frozen-lockfile \
  && find apps packages -name '*.test.ts' -delete

FROM node:${NODE_VERSION}-slim
# A heap that collects its garbage instead of growing by it: a worker stays under 180 MiB instead of over 330.
ENV NODE_ENV=production \
    NODE_OPTIONS="--max-semi-space-size=16 --max-old-space-size=384 --v8-pool-size=1" \
    HIKYAKU_CONFIG=/etc/hikyaku/hikyaku.yaml
WORKDIR /app
COPY --from=dependencies --chown=root:root /app /app
COPY docker/healthcheck.mjs docker/healthcheck.mjs
COPY LICENSE ./
# The image's own unprivileged user; nothing under /app is writable for it.
USER node
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --retries=3 CMD ["node", "docker/healthcheck.mjs"]
CMD ["node", "apps/cli/src/main.ts", "--help"]
