// Writes a checkpoint to the FILE named after every update, and says so the first time: to be killed while it does.
import { run } from "./checkpoint-run.mts";
import { train } from "./library.mts";

let told = false;
const onCheckpoint = () => {
  if (!told) process.send?.("writing");
  told = true;
};
await train({ ...run, checkpoint: process.argv[2], checkpointSeconds: 0, onCheckpoint });
