import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import * as client from '@actions/tool-cache';
import { find, keep } from '../src/tools.js';

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

test('of jobs that bring a tool at once each has a whole one, and none loses its own', async () => {
  process.env.RUNNER_TOOL_CACHE = cache;
  const given = [0, 1, 2, 3].map((number) => {
    const directory = mkdtempSync(join(tmpdir(), 'goward-given.'));
    after(() => rmSync(directory, { recursive: true, force: true }));
    writeFileSync(join(directory, 'goward'), String(number), { mode: 0o755 });
    return directory;
  });
  const places = await Promise.all(given.map((directory) => keep(directory, 'goward', '3.0.0', 'x64')));
  const place = join(cache, 'goward', '3.0.0', 'x64');
  assert.equal(places.filter((one) => one === place).length, 1, 'one is in the tool cache');
  const kept = readFileSync(join(place, 'goward'), 'utf8');
  places.forEach((one, number) => assert.ok(one === given[number] || one === place));
  assert.equal(kept, String(places.indexOf(place)));
  assert.equal(statSync(join(place, 'goward')).mode & 0o777, 0o755);
  assert.equal(find('goward', '3.0.0', 'x64'), place);
  assert.deepEqual(readdirSync(join(cache, 'goward', '3.0.0')).sort(), ['x64', 'x64.complete'], 'no half is left');
  // A later one changes nothing, also where an earlier job has left half of one.
  assert.equal(await keep(given[0], 'goward', '3.0.0', 'x64'), given[0]);
  assert.equal(readFileSync(join(place, 'goward'), 'utf8'), kept);
});

test('a mark that a killed job has left gets its tool, and half a tool gets no mark', async () => {
  process.env.RUNNER_TOOL_CACHE = cache;
  const given = mkdtempSync(join(tmpdir(), 'goward-given.'));
  after(() => rmSync(given, { recursive: true, force: true }));
  writeFileSync(join(given, 'goward'), 'whole');
  const place = join(cache, 'goward', '1.2.0', 'x64');
  assert.equal(await keep(given, 'goward', '1.2.0', 'x64'), place);
  assert.equal(client.find('goward', '1.2.0', 'x64'), place);
  assert.equal(await keep(given, 'goward', '1.1.0', 'x64'), given);
  assert.equal(client.find('goward', '1.1.0', 'x64'), '');
});

test('a tool cache that cannot be written is an error', async () => {
  process.env.RUNNER_TOOL_CACHE = join(cache, 'goward', '1.0.0', 'x64.complete');
  await assert.rejects(keep(cache, 'goward', '4.0.0', 'x64'));
  assert.ok(!existsSync(join(cache, 'goward', '4.0.0')));
});

test('without a tool cache there is no tool', () => {
  delete process.env.RUNNER_TOOL_CACHE;
  assert.equal(find('goward', '1.0.0', 'x64'), '');
});
