import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { flags, truth } from '../src/inputs.js';

const top = join(dirname(fileURLToPath(import.meta.url)), '..');
const given = (inputs) => (name) => inputs[name] ?? { 'check-latest': 'false', install: 'true' }[name] ?? '';

test('an empty input is no flag', () => assert.deepEqual(flags(given({})), []));

test('inputs become flags, each in one word', () => {
  const inputs = {
    'go-version': '1.25\n1.24', 'check-latest': 'true', install: 'false', 'cache-dependency-path': 'a/go.sum\n\n b/go.sum ',
    matrix: '{"os":"x"}', cache: 'read', 'go-line': 'minor',
  };
  assert.deepEqual(flags(given(inputs)), [
    '--go-version=1.25\n1.24', '--go-line=minor', '--cache=read', '--cache-dependency-path=a/go.sum',
    '--cache-dependency-path=b/go.sum', '--check-latest', '--no-install', '--matrix={"os":"x"}',
  ]);
  assert.deepEqual(flags(given({ 'go-version': '--apply' })), ['--go-version=--apply']);
  assert.deepEqual(flags(given({ 'go-download-base-url': 'https://x/' })), ['--mirror=https://x/']);
});

test('a switch is true or false', () => {
  assert.ok(truth('x', () => 'True') && !truth('x', () => 'false'));
  for (const text of ['', 'yes', '1']) assert.throws(() => truth('x', () => text), /write true or false/);
});

// The inputs of actions/setup-go v7, so that `uses:` is the only line to change.
test('every input of setup-go is there', () => {
  const declared = readFileSync(join(top, 'action.yml'), 'utf8');
  for (const name of ['go-version', 'go-version-file', 'check-latest', 'token', 'cache', 'cache-dependency-path', 'architecture', 'go-download-base-url']) {
    assert.match(declared, new RegExp(`^  ${name}:$`, 'm'));
  }
});

test('every input that is read is declared, and the other way round', () => {
  const sources = ['inputs', 'bring', 'main'].map((name) => readFileSync(join(top, 'src', `${name}.js`), 'utf8')).join('');
  const inputs = readFileSync(join(top, 'action.yml'), 'utf8').split('\noutputs:')[0].split('\ninputs:\n')[1];
  const declared = [...inputs.matchAll(/^  ([a-z0-9-]+):$/gm)].map(([, name]) => name);
  for (const name of declared) if (name !== 'token') assert.ok(sources.includes(`'${name}'`), `${name} is read nowhere`);
});
