// This checkout's tslab and what tslab itself loads.
const { createRequire } = require("node:module");
const { resolve } = require("node:path");

const root = resolve(__dirname, "..", "..", "..");
const projectRequire = createRequire(resolve(root, "package.json"));
const tslabRequire = createRequire(projectRequire.resolve("tslab/package.json"));

module.exports = { projectRequire, tslabRequire };
