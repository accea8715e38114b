// node run_onnx.cjs CASES.json MODULES
// Runs networks in ONNX Runtime with its graph optimisations off. CASES holds a list of
//   { model, input: { file, type, dims }, outputs: [{ name, file }] }
// Files hold raw little-endian values; MODULES is the folder whose node_modules has onnxruntime-node.
'use strict';
const { createRequire } = require('module');
const fs = require('fs');
const path = require('path');

const arrays = { uint8: Uint8Array, int8: Int8Array, float32: Float32Array };

async function runCase(ort, { model, input, outputs }) {
  const session = await ort.InferenceSession.create(model, {
    graphOptimizationLevel: 'disabled', intraOpNumThreads: 1, interOpNumThreads: 1, logSeverityLevel: 3,
  });
  const bytes = fs.readFileSync(input.file);
  const copy = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
  const tensor = new ort.Tensor(input.type, new arrays[input.type](copy), input.dims);
  const made = await session.run({ [session.inputNames[0]]: tensor });
  for (const { name, file } of outputs) {
    const { data } = made[name];
    fs.writeFileSync(file, Buffer.from(data.buffer, data.byteOffset, data.byteLength));
  }
}

async function main([cases, modules]) {
  const ort = createRequire(path.join(path.resolve(modules), 'index.js'))('onnxruntime-node');
  for (const each of JSON.parse(fs.readFileSync(cases, 'utf8'))) {
    try {
      await runCase(ort, each);
    } catch (error) {
      throw new Error(`${each.model}: ${error.message}`);
    }
  }
}

main(process.argv.slice(2)).catch((error) => {
  console.error(error.message);
  process.exit(1);
});
