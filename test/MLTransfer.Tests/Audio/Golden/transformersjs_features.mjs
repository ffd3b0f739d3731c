// Called by make_audio_golden.py: node transformersjs_features.mjs NODE_MODULES FOLDER CLIP…
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const [modules, folder, ...clips] = process.argv.slice(2);
const require = createRequire(modules + '/');
const { WhisperFeatureExtractor, ASTFeatureExtractor, SeamlessM4TFeatureExtractor, Wav2Vec2FeatureExtractor } =
    await import(pathToFileURL(require.resolve('@huggingface/transformers')));

const whisper = { feature_size: 80, hop_length: 160, n_fft: 400, n_samples: 480000, nb_max_frames: 3000, sampling_rate: 16000 };
const extractors = {
    whisper80: [new WhisperFeatureExtractor({ ...whisper }), 'input_features'],
    whisper128: [new WhisperFeatureExtractor({ ...whisper, feature_size: 128 }), 'input_features'],
    ast: [new ASTFeatureExtractor({ sampling_rate: 16000, num_mel_bins: 128, max_length: 1024, do_normalize: true, mean: -4.2677393, std: 4.5689974 }), 'input_values'],
    seamless: [new SeamlessM4TFeatureExtractor({ sampling_rate: 16000, num_mel_bins: 80, stride: 2, padding_value: 1 }), 'input_features'],
    wav2vec2: [new Wav2Vec2FeatureExtractor({ sampling_rate: 16000, do_normalize: true }), 'input_values'],
};
for (const clip of clips) {
    const bytes = readFileSync(`${folder}/${clip}.f32`);
    const samples = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
    const shapes = {};
    for (const [kind, [extractor, output]] of Object.entries(extractors)) {
        const { data, dims } = (await extractor(samples))[output];
        writeFileSync(`${folder}/${clip}.${kind}.f32`, new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
        shapes[kind] = kind === 'wav2vec2' ? [dims[1]] : dims.slice(1);
    }
    writeFileSync(`${folder}/${clip}.json`, JSON.stringify(shapes));
}
