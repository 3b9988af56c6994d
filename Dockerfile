# The program alone, static, as a user without rights. Postgres is yours: set DATABASE_URL.
FROM golang:1.26-bookworm AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN CGO_ENABLED=0 go build -trimpath -ldflags="-s -w" -o /qafila ./cmd/qafila && mkdir /data

FROM scratch
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY --from=build /qafila /qafila
COPY --from=build --chown=65534:65534 /data /data
USER 65534:65534
ENV QAFILA_LISTEN=0.0.0.0:8080 QAFILA_DATA=/data
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=15s --timeout=3s --start-period=20s CMD ["/qafila", "health"]
ENTRYPOINT ["/qafila"]
CMD ["serve"]
