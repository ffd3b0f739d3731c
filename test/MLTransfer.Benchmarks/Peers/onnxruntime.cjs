// Runs an ONNX file in onnxruntime-node. Standard input: {"model": path, "inputs": {name: {"type", "dims", "data"}}}. Standard output: {name: numbers}.
// Exit code 3 where the package is not installed.
let ort;
try {
  ort = require('onnxruntime-node');
} catch (e) {
  console.error(e.message);
  process.exit(3);
}
const { model, inputs } = JSON.parse(require('fs').readFileSync(0, 'utf8'));
(async () => {
  const session = await ort.InferenceSession.create(model);
  const feeds = {};
  for (const [name, { type, dims, data }] of Object.entries(inputs))
    feeds[name] = new ort.Tensor(type, type === 'int64' ? BigInt64Array.from(data.map(BigInt)) : Float32Array.from(data), dims);
  const outputs = await session.run(feeds);
  console.log(JSON.stringify(Object.fromEntries(Object.entries(outputs).map(([name, tensor]) => [name, Array.from(tensor.data, Number)]))));
})();
