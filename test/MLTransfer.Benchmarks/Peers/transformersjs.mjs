// Featurizes texts with transformers.js: node transformersjs.mjs MODEL_FOLDER TEXTS_JSON
// The batch size is the fastest of a sweep; texts are sorted by length, so that little is padded.
import { readFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { createInterface } from 'node:readline';
import { env, pipeline } from '@huggingface/transformers';

const [folder, textsFile] = process.argv.slice(2);
env.allowRemoteModels = false;
env.allowLocalModels = true;
env.localModelPath = dirname(folder);
const extract = await pipeline('feature-extraction', basename(folder), { dtype: 'fp32', device: 'cpu' });
const texts = JSON.parse(readFileSync(textsFile, 'utf8'));
const order = [...texts.keys()].sort((a, b) => texts[a].length - texts[b].length);

async function pass(batchSize, count, keep) {
  for (let i = 0; i < count; i += batchSize) {
    const rows = order.slice(i, Math.min(i + batchSize, count));
    const output = await extract(rows.map((r) => texts[r]), { pooling: 'mean', normalize: true });
    if (keep) {
      const width = output.dims[1];
      rows.forEach((r, j) => { keep[r] = Array.from(output.data.slice(j * width, (j + 1) * width)); });
    }
  }
}

async function seconds(batchSize) {
  const start = performance.now();
  await pass(batchSize, order.length);
  return (performance.now() - start) / 1000;
}

const features = [];
await pass(8, order.length, features);
let batchSize = 0;
let best = Infinity;
for (const size of [1, 4, 8, 16, 32]) {
  const time = await seconds(size);
  if (time < best) {
    best = time;
    batchSize = size;
  }
}
console.log('ready ' + JSON.stringify({ batchSize, features: features.slice(0, 32) }));
for await (const line of createInterface({ input: process.stdin })) {
  if (line === 'run') console.log(JSON.stringify({ seconds: await seconds(batchSize) }));
}
