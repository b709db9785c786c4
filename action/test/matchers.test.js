// The matchers against what real Go prints: `GOWARD_TEST_TREES=DIR node --test test/matchers.test.js`, where DIR
// has toolchains of Go, such as the mirror's target/go-mirror/trees.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { CASES, files } from './corpus.js';
import { found } from './runner.js';

const matchers = JSON.parse(readFileSync(join(dirname(fileURLToPath(import.meta.url)), '..', 'matchers.json')));
const trees = process.env.GOWARD_TEST_TREES;
assert.ok(trees, 'GOWARD_TEST_TREES names no directory of toolchains');
const releases = readdirSync(trees).filter((name) => /^go1\.\d+/.test(name)).sort();
const scratch = mkdtempSync(join(tmpdir(), 'goward-matchers.'));
process.on('exit', () => rmSync(scratch, { recursive: true, force: true }));

for (const release of releases) {
  for (const [number, each] of CASES.entries()) {
    test(`${release}: ${each.name}`, () => {
      const directory = join(scratch, `${release}-${number}`);
      for (const [name, text] of Object.entries(files(each))) {
        mkdirSync(dirname(join(directory, name)), { recursive: true });
        writeFileSync(join(directory, name), text);
      }
      const text = printed(join(trees, release, 'bin', 'go'), each, directory);
      const marks = found(matchers, text);
      const left = [...marks];
      for (const [owner, file, line, part] of each.marks) {
        const place = left.findIndex((mark) => mark.owner === owner && mark.message.includes(part)
          && (file === undefined || tail(mark.file) === tail(file)) && (line === undefined || mark.line === line));
        assert.notEqual(place, -1, `no mark ${owner} ${file}:${line} ${part} in\n${text}\nmarks: ${JSON.stringify(left)}`);
        left.splice(place, 1);
      }
      assert.deepEqual(left, [], `marked without a reason in\n${text}`);
    });
  }
}

test('the corpus has 60 outputs of Go or more', () => assert.ok(releases.length * CASES.length >= 60));

test('places as Windows writes them', () => {
  const of = (line) => found(matchers, line)[0];
  assert.equal(of('.\\sub\\x.go:3:5: undefined: y').file, '.\\sub\\x.go');
  assert.equal(of('D:\\a\\m\\x.go:3:5: undefined: y').file, 'D:\\a\\m\\x.go');
});

function printed(go, each, directory) {
  const environment = {
    HOME: scratch, PATH: '/usr/bin:/bin', GOTOOLCHAIN: 'local', GOPROXY: 'off', GOENV: 'off',
    GOCACHE: process.env.GOWARD_TEST_GOCACHE ?? join(scratch, 'cache'), CGO_ENABLED: each.needs === 'gcc' ? '1' : '0',
  };
  const ended = spawnSync(go, each.run, { cwd: directory, env: environment, encoding: 'utf8', timeout: 300_000 });
  assert.ok(!ended.error, String(ended.error));
  return ended.stdout + ended.stderr;
}

function tail(path) {
  return basename(path.replaceAll('\\', '/'));
}
