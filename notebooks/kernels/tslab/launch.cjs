// Starts this checkout's tslab 1.0.22 as a Jupyter kernel, with repairs (tslab has had no release
// since June 2024).
const { projectRequire } = require("./tslab.cjs");

require("./compiler.cjs").repairCompiler();
require("./names.cjs").repairNames();
require("./interrupt.cjs").repairInterrupt();
require("./replies.cjs").repairReplies();
if (require.main === module) {
  require("./messages.cjs").repairMessages();
  projectRequire("tslab/dist/main.js").main();
  require("./errors.cjs").shortenStrayErrors();
}
