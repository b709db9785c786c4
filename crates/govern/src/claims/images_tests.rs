//! Dockerfiles, and the files of mise, vfox and proto.

use super::Form;

const FORMS: &[Form<'static>] = &[
    ("Dockerfile", "FROM golang:1.27\nCOPY . .\nRUN go build ./...\n", &["image 1.27 1"]),
    ("Dockerfile", "from golang:1.27.3-alpine3.23 as build\nRUN go build\n", &["image 1.27.3 1"]),
    (
        "Dockerfile",
        "FROM --platform=$BUILDPLATFORM golang:1.27-bookworm AS build\n",
        &["image 1.27 1"],
    ),
    ("Dockerfile", "FROM golang:1.27@sha256:0123\n", &["image 1.27 1"]),
    ("Dockerfile", "FROM golang@sha256:0123\n", &["open 1"]),
    ("Dockerfile", "FROM golang\n", &["image latest 1"]),
    ("Dockerfile", "FROM golang:latest\n", &["image latest 1"]),
    ("Dockerfile", "FROM golang:alpine\n", &["image latest 1"]),
    ("Dockerfile", "FROM golang:1.27rc1\n", &["image 1.27rc1 1"]),
    ("Dockerfile", "FROM golang:tip-trixie\n", &["open 1"]),
    ("Dockerfile", "ARG GO_VERSION=1.27\nFROM golang:${GO_VERSION}-alpine\n", &["image 1.27 2"]),
    ("Dockerfile", "ARG GO_VERSION=1.27\nFROM golang:$GO_VERSION\n", &["image 1.27 2"]),
    (
        "Dockerfile",
        "ARG GO_VERSION=\"1.27.3-bookworm\"\nFROM golang:${GO_VERSION}\n",
        &["image 1.27.3 2"],
    ),
    ("Dockerfile", "ARG GO_VERSION\nFROM golang:${GO_VERSION:-1.27}\n", &["image 1.27 2"]),
    ("Dockerfile", "FROM golang:${GO_VERSION:-1.27}-alpine\n", &["image 1.27 1"]),
    ("Dockerfile", "ARG GO_VERSION\nFROM golang:${GO_VERSION}\n", &["open 2"]),
    ("Dockerfile", "ARG GO_IMAGE=golang:1.27\nFROM ${GO_IMAGE} AS build\n", &["image 1.27 2"]),
    ("Dockerfile", "ARG A=1 GO_VERSION=1.27\nFROM golang:${GO_VERSION}\n", &["image 1.27 2"]),
    ("Dockerfile", "ARG V=1.27\nARG I=golang:${V}\nFROM ${I}\n", &[]),
    (
        "Dockerfile",
        "FROM golang:1.24 AS tools\nRUN go install x.org/x@v1\nFROM golang:1.27\nCOPY --from=tools /x /x\nCOPY . .\nRUN go build .\n",
        &["image 1.24 1", "image 1.27 3"],
    ),
    (
        "Dockerfile",
        "FROM golang:1.27 AS base\nFROM base AS build\nCOPY . .\nRUN go build .\nFROM scratch\nCOPY --from=build /a /a\n",
        &["image 1.27 1"],
    ),
    ("Dockerfile", "# FROM golang:1.20\nFROM alpine:3.23\nRUN apk add go\n", &[]),
    (
        "Dockerfile",
        "FROM alpine\nARG GO_VERSION=1.27.3\nRUN curl -O https://go.dev/dl/go${GO_VERSION}.linux-amd64.tar.gz\n",
        &[],
    ),
    ("Dockerfile", "# escape=`\nFROM `\n  golang:1.27 `\n  AS build\n", &["image 1.27 3"]),
    ("Dockerfile", "FROM \\\n  # a comment\n  golang:1.27\n", &["image 1.27 3"]),
    (
        "Dockerfile",
        "FROM golang:1.27\nRUN <<EOF\nFROM golang:1.20\nEOF\nFROM scratch\n",
        &["image 1.27 1"],
    ),
    (
        "Dockerfile",
        "FROM golang:1.27\nCOPY <<-\"A\" <<B /x/\nFROM golang:1.20\n\tA\nFROM golang:1.20\nB\n",
        &["image 1.27 1"],
    ),
    (
        "Dockerfile",
        "FROM golang:1.27\nRUN cat <<< x; echo $((1<<3))\nFROM golang:1.26\n",
        &["image 1.27 1", "image 1.26 3"],
    ),
    (
        "Dockerfile",
        "# syntax=docker/dockerfile:1\n\nFROM registry.example:5000/mirror/golang:1.27\n",
        &["image 1.27 3"],
    ),
    (
        "Dockerfile",
        "FROM registry.access.redhat.com/ubi9/go-toolset:1.25.5-2\n",
        &["image 1.25.5 1"],
    ),
    ("Dockerfile", "FROM cgr.dev/chainguard/go:latest\n", &["image latest 1"]),
    ("Dockerfile", "\u{feff}FROM golang:1.27\r\nRUN go build\r\n", &["image 1.27 1"]),
    ("deploy/Dockerfile.dev", "FROM cimg/go:1.27.3\n", &["image 1.27.3 1"]),
    ("Containerfile", "FROM docker.io/library/golang:1.27\n", &["image 1.27 1"]),
    ("Dockerfile", "FROM\n", &[]),
    ("Dockerfile", "FROM golangci/golangci-lint:v2.1\n", &[]),
    ("mise.toml", "[tools]\ngo = \"1.27\"\n", &["tool 1.27 2"]),
    ("mise.toml", "[tools]\ngo = [\"1.27\", \"1.26\"]\n", &["tool 1.27 2"]),
    ("mise.toml", "[tools]\ngo = { version = \"1.27.3\" }\n", &["tool 1.27.3 2"]),
    (".mise.toml", "[tools]\n\"core:go\" = \"latest\"\n", &["tool latest 2"]),
    ("mise.toml", "[tools]\ngo = \"prefix:1.27\"\n", &["tool 1.27 2"]),
    ("mise.toml", "[tools]\ngo = \"ref:main\"\n", &["open 2"]),
    ("mise.toml", "[tools]\nnode = \"24\"\n", &[]),
    (".prototools", "go = \"1.27.3\"\n", &["tool 1.27.3 1"]),
    (".vfox.toml", "[tools]\ngolang = \"1.27.3\"\n", &["tool 1.27.3 2"]),
    ("mise.toml", "[tools\n", &["file-unreadable 1"]),
];

pub(super) fn forms() -> Vec<(&'static str, String, &'static [&'static str])> {
    FORMS.iter().map(|(path, text, wants)| (*path, (*text).to_owned(), *wants)).collect()
}
