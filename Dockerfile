# The hub for a site of its own, on a PostgreSQL beside it (docker-compose.yml). Every command below also runs outside a
# container; CONTRIBUTING.md tells how that is checked.

FROM node:24-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci
COPY tsconfig.json tsconfig.build.json ./
COPY src ./src
RUN npm run build

# The image brings Node and the site brings PostgreSQL, so neither optional copy of them comes along.
FROM node:24-slim AS packages
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --omit=optional && npm run --silent sbom > sbom.cdx.json

FROM node:24-slim
ENV NODE_ENV=production HOST=0.0.0.0 PORT=4000 DATA_DIR=/data
WORKDIR /app
COPY --from=packages /app/node_modules ./node_modules
COPY --from=packages /app/sbom.cdx.json ./
COPY --from=build /app/dist ./dist
COPY package.json ./
COPY jurisdictions ./jurisdictions
COPY packs ./packs
COPY operations ./operations
# Keys of values lie apart from the data, so that no copy of it takes them along.
RUN mkdir /data /keys && chown node:node /data /keys && chmod 700 /keys
USER node
VOLUME /data /keys
EXPOSE 4000
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/healthz`).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
# The heap is kept small on purpose: whole lists stream through, and memory given to one process is taken from the database.
CMD ["node", "--max-semi-space-size=8", "--max-old-space-size=224", "--heap-growing-percent=40", "--no-allocation-site-pretenuring", "dist/cli/start.js"]
