#!/usr/bin/env bash
# Packs every library and the tool into artifacts/ (or the folder given). Pinning is off while packing: see Common.props.
# A build for others: no path of this machine stays in assemblies and symbols.
set -euo pipefail
cd "$(dirname "$0")/.."
out=$(realpath -m "${1:-artifacts}")
mkdir -p "$out"
for project in Onnx "" Images Models Cpu Cli; do
  name=MLTransfer${project:+.$project}
  dotnet pack "src/$name/$name.csproj" -c Release -o "$out" -p:MLTransferPacking=true -p:ContinuousIntegrationBuild=true
done
