import assert from 'node:assert/strict';
import { generateKeyPairSync, createHash, sign } from 'node:crypto';
import { test } from 'node:test';
import { address, archive, isVersion, signedDigest } from '../src/release.js';

const NAME = 'goward-1.2.3-x86_64-unknown-linux-musl.tar.gz';
const SUMS = Buffer.from(`${'a'.repeat(64)}  ${NAME}\n${'b'.repeat(64)}  install.sh\n`);

/** A key as minisign writes it, and what it makes of SHA256SUMS. */
function key(number = 'numbered') {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const raw = publicKey.export({ format: 'der', type: 'spki' }).subarray(-32);
  const written = Buffer.concat([Buffer.from(`Ed${number}`), raw]).toString('base64');
  const signed = (sums, comment) => {
    const made = sign(null, createHash('blake2b512').update(sums).digest(), privateKey);
    const whole = sign(null, Buffer.concat([made, Buffer.from(comment)]), privateKey);
    const line = Buffer.concat([Buffer.from(`ED${number}`), made]).toString('base64');
    return `untrusted comment: x\n${line}\ntrusted comment: ${comment}\n${whole.toString('base64')}\n`;
  };
  return { written, signed };
}

test('a signed digest is taken', () => {
  const { written, signed } = key();
  const keys = [key('another!').written, written];
  assert.equal(signedDigest(SUMS, signed(SUMS, 'goward 1.2.3'), keys, '1.2.3', NAME), 'a'.repeat(64));
});

test('what no key of releases signed for this version is refused', () => {
  const { written, signed } = key();
  const good = signed(SUMS, 'goward 1.2.3');
  const refused = (reason, sums, signature, version = '1.2.3', name = NAME, keys = [written]) => {
    assert.throws(() => signedDigest(sums, signature, keys, version, name), reason);
  };
  refused(/no key of goward/, Buffer.from(String(SUMS).replace('aaaa', 'aaab')), good);
  refused(/no key of goward/, SUMS, key().signed(SUMS, 'goward 1.2.3'));
  refused(/no key of goward/, SUMS, good.replace('goward 1.2.3', 'goward 9.9.9'), '9.9.9');
  refused(/no key of goward/, SUMS, good, '1.2.3', NAME, []);
  refused(/not as goward 1.2.4/, SUMS, good, '1.2.4');
  refused(/does not name/, SUMS, good, '1.2.3', 'goward-1.2.3-other.tar.gz');
  refused(/no signature of a hash/, SUMS, '');
  refused(/no signature of a hash/, SUMS, good.replace(/\n.*\n/, '\nRWQ=\n'));
});

test('addresses are safe ones', () => {
  assert.equal(address('https://mirror.example/goward/', '1.2.3', NAME), `https://mirror.example/goward/v1.2.3/${NAME}`);
  assert.equal(address('http://127.0.0.1:80', '1.2.3', 'x'), 'http://127.0.0.1/v1.2.3/x');
  for (const base of ['http://mirror.example', 'file:///tmp', 'ftp://mirror.example', 'mirror.example']) {
    assert.throws(() => address(base, '1.2.3', 'x'));
  }
});

test('a version names one release and no path', () => {
  assert.ok(isVersion('1.2.3') && isVersion('1.2.3-rc.1'));
  for (const text of ['', '1', '1.2', 'latest', '../1.2.3', '1.2.3/..', '1.2.3\n']) assert.ok(!isVersion(text), text);
});

test('each system of a runner has an archive, and others are told', () => {
  assert.equal(archive('1.2.3', 'linux', 'x64'), NAME);
  assert.equal(archive('1.2.3', 'win32', 'x64'), 'goward-1.2.3-x86_64-pc-windows-msvc.zip');
  assert.throws(() => archive('1.2.3', 'aix', 'ppc64'), /no release for aix/);
});
