// The step itself: goward, then Go by goward's plan, then the caches.
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as core from '@actions/core';
import { bring } from './bring.js';
import { restore } from './caches.js';
import { ask, output } from './goward.js';
import { flags, truth } from './inputs.js';
import own from './own.js';

async function main() {
  const goward = await bring(own);
  const plan = await ask(goward, ['plan', '--apply', ...flags()]);
  // goward has told later steps by the files of the runner. This one goes on itself.
  Object.assign(process.env, plan.env);
  await core.group('goward', async () => {
    for (const line of plan.log) core.info(line);
  });
  const found = await restore(plan.caches);
  const words = Object.entries(found).map(([name, key]) => `--restored=${name}=${key}`);
  const marked = await ask(goward, ['mark', ...words]);
  if (truth('matchers')) core.info(`##[add-matcher]${join(here(), '..', 'matchers.json')}`);
  const build = marked.caches.find((cache) => cache.name === 'build');
  core.setOutput('cache-hit', String(build?.exact ?? false));
  core.setOutput('cache-matched-key', build?.restored ?? '');
  core.setOutput('go-version', plan.go_version ?? '');
  core.setOutput('goroot', plan.goroot ?? '');
  core.setOutput('goward-version', (await output(goward, ['version'])).trim().split(' ').pop());
  core.saveState('goward', goward);
}

// The bundle is one file of CommonJS, where `import.meta` is empty.
function here() {
  return typeof __dirname === 'undefined' ? dirname(fileURLToPath(import.meta.url)) : __dirname;
}

main().then(() => process.exit(0), (error) => {
  core.setFailed(error.message);
  process.exit(1);
});
