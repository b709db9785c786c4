// goward's own releases: their names, and what shows that a file is one of them.
import { createHash, createPublicKey, verify } from 'node:crypto';

const TARGETS = {
  'linux x64': 'x86_64-unknown-linux-musl',
  'linux arm64': 'aarch64-unknown-linux-musl',
  'darwin x64': 'x86_64-apple-darwin',
  'darwin arm64': 'aarch64-apple-darwin',
  'win32 x64': 'x86_64-pc-windows-msvc',
};

/**
 * The name of a release's archive for this runner.
 * @throws {Error} if no release has one
 */
export function archive(version, platform = process.platform, arch = process.arch) {
  const target = TARGETS[`${platform} ${arch}`];
  if (!target) throw new Error(`goward has no release for ${platform} on ${arch}`);
  return `goward-${version}-${target}${platform === 'win32' ? '.zip' : '.tar.gz'}`;
}

/** The address of a release's file. @throws {Error} if it is neither https nor this machine's */
export function address(base, version, name) {
  const url = new URL(`${base.replace(/\/+$/, '')}/v${version}/${name}`);
  const here = ['127.0.0.1', '[::1]', 'localhost'].includes(url.hostname);
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && here)) {
    throw new Error(`the input download-url is ${JSON.stringify(base)}: write an address that begins with https://`);
  }
  return url.href;
}

/** Whether it names one release, such as 1.2.3 or 1.2.3-rc.1, and nothing that a path could be made of. */
export function isVersion(text) {
  return /^\d+\.\d+\.\d+(-rc\.\d+)?$/.test(text);
}

/** SHA-256 of bytes, in hexadecimal. */
export function sha256(bytes) {
  return createHash('sha256').update(bytes).digest('hex');
}

/**
 * The digest of one file in SHA256SUMS, after a look at its signature by minisign.
 * @param {Buffer} sums SHA256SUMS
 * @param {string} signature SHA256SUMS.minisig
 * @param {string[]} keys public keys of releases, as minisign writes them
 * @throws {Error} if no key signed these bytes for this version, or the file is not among them
 */
export function signedDigest(sums, signature, keys, version, name) {
  const lines = signature.split('\n');
  const [comment, bytes, whole] = [lines[2] ?? '', Buffer.from(lines[1] ?? '', 'base64'), Buffer.from(lines[3] ?? '', 'base64')];
  // What was signed is the hash: algorithm `ED`, then 8 bytes of the key's number, then 64 of the signature.
  if (bytes.length !== 74 || bytes.subarray(0, 2).toString() !== 'ED') throw new Error('SHA256SUMS.minisig is no signature of a hash');
  const trusted = comment.replace(/^trusted comment: /, '');
  const hash = createHash('blake2b512').update(sums).digest();
  const signs = (key) => {
    const raw = Buffer.from(key, 'base64');
    if (raw.length !== 42 || !raw.subarray(2, 10).equals(bytes.subarray(2, 10))) return false;
    const made = publicKey(raw.subarray(10));
    return verify(null, hash, made, bytes.subarray(10))
      && verify(null, Buffer.concat([bytes.subarray(10), Buffer.from(trusted)]), made, whole);
  };
  if (!keys.some(signs)) throw new Error('no key of goward has signed SHA256SUMS');
  // An old file with an old signature is signed just as well: the comment says which release it is of.
  if (trusted !== `goward ${version}`) throw new Error(`SHA256SUMS was signed as ${JSON.stringify(trusted)}, not as goward ${version}`);
  const line = sums.toString().split('\n').find((each) => each.slice(64) === `  ${name}`);
  if (!line || !/^[0-9a-f]{64}$/.test(line.slice(0, 64))) throw new Error(`SHA256SUMS of goward ${version} does not name ${name}`);
  return line.slice(0, 64);
}

// Node takes no bare key of Ed25519: this is the prefix of its DER form.
function publicKey(raw) {
  const der = Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), raw]);
  return createPublicKey({ key: der, format: 'der', type: 'spki' });
}
