import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { isGiven } from '../src/bring.js';

// The tool cache may have another archive's goward of the same version.
test('a goward of the tool cache is of the archive that the input means', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'goward-'));
  const wanted = async (digest) => {
    process.env['INPUT_GOWARD-SHA256'] = digest;
    return isGiven(directory);
  };
  assert.equal(await wanted(''), true);
  assert.equal(await wanted('a'.repeat(64)), false, 'nothing says which archive it was');
  writeFileSync(join(directory, 'archive.sha256'), `${'a'.repeat(64)}\n`);
  assert.equal(await wanted('A'.repeat(64)), true);
  assert.equal(await wanted('b'.repeat(64)), false);
  await assert.rejects(wanted('abc'), /is no SHA-256/);
  delete process.env['INPUT_GOWARD-SHA256'];
  rmSync(directory, { recursive: true });
});
