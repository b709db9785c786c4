import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import * as client from '@actions/tool-cache';
import { find } from '../src/tools.js';

const cache = mkdtempSync(join(tmpdir(), 'goward-tools.'));
after(() => rmSync(cache, { recursive: true, force: true }));

// A whole tool, one that is being written, and a mark without a tool.
mkdirSync(join(cache, 'goward', '1.0.0', 'x64'), { recursive: true });
writeFileSync(join(cache, 'goward', '1.0.0', 'x64.complete'), '');
mkdirSync(join(cache, 'goward', '1.1.0', 'x64'), { recursive: true });
mkdirSync(join(cache, 'goward', '1.2.0'));
writeFileSync(join(cache, 'goward', '1.2.0', 'x64.complete'), '');

test('a tool is found where the client of the tool cache finds it', () => {
  process.env.RUNNER_TOOL_CACHE = cache;
  for (const [version, arch, is] of [
    ['1.0.0', 'x64', join(cache, 'goward', '1.0.0', 'x64')], ['1.0.0', 'arm64', ''], ['1.1.0', 'x64', ''], ['1.2.0', 'x64', ''],
    ['2.0.0', 'x64', ''],
  ]) {
    assert.equal(find('goward', version, arch), is, `${version} ${arch}`);
    assert.equal(client.find('goward', version, arch), is, `${version} ${arch}, by the client`);
  }
});

test('without a tool cache there is no tool', () => {
  delete process.env.RUNNER_TOOL_CACHE;
  assert.equal(find('goward', '1.0.0', 'x64'), '');
});
