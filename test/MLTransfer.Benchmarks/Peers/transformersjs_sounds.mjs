// Front ends of transformers.js over decoded clips: node transformersjs_sounds.mjs LIST
// LIST names wav files of one channel, 16 bits and 16 kHz, one a line. "run whisper" and "run kaldi" are a pass of one clip after the other; decoding is not in the time.
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { SeamlessM4TFeatureExtractor, WhisperFeatureExtractor } from '@huggingface/transformers';

const clips = readFileSync(process.argv[2], 'utf8').split('\n').filter(Boolean).map((path) => {
  const file = readFileSync(path);
  const samples = new Int16Array(file.buffer.slice(file.byteOffset + 44, file.byteOffset + file.length - (file.length % 2)));
  return Float32Array.from(samples, (s) => s / 32768);
});
const extractors = {
  'run whisper': new WhisperFeatureExtractor({ feature_size: 80, hop_length: 160, n_fft: 400, n_samples: 480000, nb_max_frames: 3000, sampling_rate: 16000 }),
  'run kaldi': new SeamlessM4TFeatureExtractor({ sampling_rate: 16000, num_mel_bins: 80, stride: 2, padding_value: 1 }),
};

async function seconds(extractor) {
  const start = performance.now();
  for (const clip of clips) await extractor(clip);
  return (performance.now() - start) / 1000;
}

for (const extractor of Object.values(extractors)) await seconds(extractor);
console.log('ready {}');
for await (const line of createInterface({ input: process.stdin })) console.log(JSON.stringify({ seconds: await seconds(extractors[line]) }));
