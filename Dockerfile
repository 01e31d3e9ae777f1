# syntax=docker/dockerfile:1
# Built in two stages: the compiler stays behind, and what runs is one static file,
# as a user that owns nothing.
FROM golang:1.26-bookworm AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
ARG VERSION=dev
RUN CGO_ENABLED=0 go build -trimpath -ldflags "-s -w -X main.version=${VERSION}" -o /hotline ./cmd/hotline

FROM scratch
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=build /hotline /hotline
USER 65532:65532
ENV ADDR=0.0.0.0:8080
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s CMD ["/hotline", "check", "--self", "0.0.0.0:8080"]
ENTRYPOINT ["/hotline"]
CMD ["web"]
