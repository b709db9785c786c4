// At the job's end: goward sweeps what no step used, and says what to save.
import * as core from '@actions/core';
import { save } from './caches.js';
import { ask } from './goward.js';

async function main() {
  const goward = core.getState('goward');
  if (!goward) return;
  const { caches, log } = await ask(goward, ['finish']);
  await core.group('goward', async () => {
    for (const line of log) core.info(line);
  });
  await save(caches);
}

// The job's own work is done and was good: what a cache lacks is a warning.
main().then(() => process.exit(0), (error) => {
  core.warning(error.message);
  process.exit(0);
});
