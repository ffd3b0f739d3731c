// Featurizes texts with transformers.js: node transformersjs.mjs MODEL_FOLDER TEXTS_JSON
// As its users do: batches in the order of the texts, at the fastest batch size of a sweep. "run sorted" is the same with the texts sorted by length by hand, which the library leaves to
// its users, at that order's own fastest batch size.
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
const given = [...texts.keys()];
const sorted = [...texts.keys()].sort((a, b) => texts[a].length - texts[b].length);

async function pass(order, batchSize, keep) {
  for (let i = 0; i < order.length; i += batchSize) {
    const rows = order.slice(i, i + batchSize);
    const output = await extract(rows.map((r) => texts[r]), { pooling: 'mean', normalize: true });
    if (keep) {
      const width = output.dims[1];
      rows.forEach((r, j) => { keep[r] = Array.from(output.data.slice(j * width, (j + 1) * width)); });
    }
  }
}

async function seconds(order, batchSize) {
  const start = performance.now();
  await pass(order, batchSize);
  return (performance.now() - start) / 1000;
}

// On a quarter of the texts, each size twice.
async function fastest(all) {
  const order = all.filter((_, i) => i % 4 === 0);
  let batchSize = 0;
  let best = Infinity;
  for (const size of [1, 4, 8, 16, 32]) {
    const time = Math.min(await seconds(order, size), await seconds(order, size));
    if (time < best) {
      best = time;
      batchSize = size;
    }
  }
  return batchSize;
}

const features = [];
await pass(sorted, 8, features);
const batchSize = await fastest(given);
const sortedBatchSize = await fastest(sorted);
console.log('ready ' + JSON.stringify({ batchSize, sortedBatchSize, features: features.slice(0, 32) }));
for await (const line of createInterface({ input: process.stdin })) {
  if (line === 'run') console.log(JSON.stringify({ seconds: await seconds(given, batchSize) }));
  if (line === 'run sorted') console.log(JSON.stringify({ seconds: await seconds(sorted, sortedBatchSize) }));
}
