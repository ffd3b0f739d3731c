// Makes what the parity tests compare with: features of transformers.js 4.3.1 (onnxruntime-node, fp32, mean over tokens, normalised), one text at a time
// so that nothing is padded.
//   MODEL.bin   the features of sentences.json in order, float32 little-endian
//   stsb.json   Spearman's correlation of the cosines with the scores of the test rows of STS-B, and the hash of the file they were read from
// Truncation: transformers.js cuts at model_max_length of tokenizer_config.json, which is 512 for all-minilm-l6-v2; sentence-transformers cuts that model
// at max_seq_length 256 of sentence_bert_config.json, on purpose, and so do we. The script sets the tokenizer to that number. A text that is cut loses its
// last [SEP] in transformers.js, which cuts after adding special tokens; Hugging Face's Rust library and sentence-transformers keep it, and so do we: the
// script puts it back. All else is the library's default.
// Run in a folder outside the repository that holds a copy of package.json, after npm install:
//   node features.mjs <folder of the models> <folder of the data set stsb> <folder of sentences.json>
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const require = createRequire(join(process.cwd(), 'x.js'));
const { env, pipeline } = await import(pathToFileURL(require.resolve('@huggingface/transformers')));
const [models, stsb, folder] = process.argv.slice(2);
env.allowRemoteModels = false;
env.allowLocalModels = true;
env.localModelPath = models;

async function extractor(name) {
  const extract = await pipeline('feature-extraction', name, { dtype: 'fp32', device: 'cpu' });
  const length = JSON.parse(readFileSync(join(models, name, 'sentence_bert_config.json'), 'utf8')).max_seq_length;
  const { tokenizer } = extract;
  tokenizer._tokenizerConfig.model_max_length = length;
  extract.tokenizer = (texts, options) => {
    const inputs = tokenizer(texts, options);
    if (inputs.input_ids.dims[1] > length) throw new Error(`${name} does not cut at ${length}`);
    if (inputs.input_ids.dims[1] === length) inputs.input_ids.data[length - 1] = BigInt(tokenizer.sep_token_id);
    return inputs;
  };
  return async (text) => (await extract([text], { pooling: 'mean', normalize: true })).data;
}

const sentences = JSON.parse(readFileSync(join(folder, 'sentences.json'), 'utf8'));
for (const name of ['all-minilm-l6-v2', 'gte-small']) {
  const features = await extractor(name);
  const rows = [];
  for (const sentence of sentences) rows.push(Buffer.from(Float32Array.from(await features(sentence)).buffer));
  writeFileSync(join(folder, `${name}.bin`), Buffer.concat(rows));
}

// Equal values share the mean of their ranks, as scipy.stats.spearmanr has it (checked against it: see spearman.py).
function ranks(values) {
  const order = [...values.keys()].sort((a, b) => values[a] - values[b]);
  const result = new Array(values.length);
  for (let start = 0, end; start < order.length; start = end) {
    for (end = start + 1; end < order.length && values[order[end]] === values[order[start]];) end++;
    for (let i = start; i < end; i++) result[order[i]] = (start + 1 + end) / 2;
  }
  return result;
}

function pearson(x, y) {
  const mean = (v) => v.reduce((a, b) => a + b) / v.length;
  const [mx, my] = [mean(x), mean(y)];
  let [xy, xx, yy] = [0, 0, 0];
  x.forEach((v, i) => { xy += (v - mx) * (y[i] - my); xx += (v - mx) ** 2; yy += (y[i] - my) ** 2; });
  return xy / Math.sqrt(xx * yy);
}

const bytes = readFileSync(join(stsb, 'test.tsv'));
const [header, ...rows] = bytes.toString('utf8').split('\n').filter((l) => l.length > 0).map((l) => l.split('\t'));
const [score, text1, text2] = ['score', 'text1', 'text2'].map((c) => header.indexOf(c));
const features = await extractor('all-minilm-l6-v2');
const cosines = [];
for (const row of rows) {
  const [a, b] = [await features(row[text1]), await features(row[text2])];
  cosines.push(a.reduce((sum, v, i) => sum + v * b[i], 0));
}
const scores = rows.map((r) => Number(r[score]));
writeFileSync(join(folder, 'stsb.json'), JSON.stringify({
  model: 'all-minilm-l6-v2', rows: rows.length, spearman: pearson(ranks(cosines), ranks(scores)),
  sha256: createHash('sha256').update(bytes).digest('hex'),
}, null, 1) + '\n');
