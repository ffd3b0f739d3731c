#!/usr/bin/env bash
# Checks the manifests of docs/how-to/batch-scoring/ against types that others generated from the published interfaces: score-job.yaml against Kubernetes'
# OpenAPI (the npm package kubernetes-models), the azure-batch files against the REST interface of Azure Batch (the npm package @azure/batch). Unknown
# fields, wrong types, words that are none of those allowed and missing fields fail. Needs node and npm; prints "skipped manifests REASON" without them.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
manifests=$(cd "$here/../../docs/how-to/batch-scoring" && pwd)
for program in node npm; do
  command -v "$program" >/dev/null || { echo "skipped manifests $program is not installed"; exit 0; }
done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
echo '{ "private": true, "type": "module" }' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts kubernetes-models@5.1.0 @azure/batch@10.2.0 js-yaml@5.5.0 typescript@5.9.3 >npm.log 2>&1 ||
  { echo "skipped manifests npm cannot install the schemas: $(tail -n 1 npm.log)"; exit 0; }

# Written out as literals, in which the compiler allows no field that the type does not have.
cat >literals.mjs <<'JS'
import { readFileSync, writeFileSync } from "node:fs";
import { load } from "js-yaml";
import { Job } from "kubernetes-models/batch/v1";
const text = (name) => readFileSync(`${process.argv[2]}/${name}`, "utf8");
const job = load(text("score-job.yaml"));
new Job(job).validate(); // ranges and formats, which types do not know
writeFileSync("literals.ts", `
import type { IJob } from "kubernetes-models/batch/v1";
import type { BatchServiceModels as Batch } from "@azure/batch";
export const job: IJob = ${JSON.stringify(job, null, 1)};
export const azureJob: Batch.JobAddParameter = ${text("azure-batch-job.json")};
export const azureTasks: Batch.TaskAddParameter[] = ${text("azure-batch-tasks.json")};
`);
JS
node literals.mjs "$manifests"
npx tsc --noEmit --strict --skipLibCheck --module nodenext --moduleResolution nodenext --target es2022 literals.ts
echo "ok manifests: score-job.yaml, azure-batch-job.json and azure-batch-tasks.json fit their published types"
