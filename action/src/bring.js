// Brings goward to the runner: from the tool cache, else a release that proves to be one.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as core from '@actions/core';
import * as tools from './tools.js';
import { address, archive, isVersion, sha256, signedDigest } from './release.js';

const RELEASES = 'https://github.com/goward/goward/releases/download';

/**
 * The path of goward's program.
 * @param {{version: string, digests: Record<string, string>, keys: string[]}} own what this action was bundled with:
 *   its release, the digests of archives by name, and the keys of releases
 * @throws {Error} if it cannot be had, or nothing shows that it is goward's
 */
export async function bring(own) {
  const version = core.getInput('goward-version').replace(/^v/, '') || own.version;
  if (!isVersion(version)) throw new Error(`the input goward-version is ${JSON.stringify(version)}: write one release, such as ${own.version}`);
  const found = tools.find('goward', version, process.arch);
  const kept = found && (await isGiven(found));
  return join(kept ? found : await download(version, own, !found), process.platform === 'win32' ? 'goward.exe' : 'goward');
}

// Which archive a directory of the tool cache was made of.
const NOTE = 'archive.sha256';

/** The input `goward-sha256`; empty if none is given. @throws {Error} if it is no SHA-256 */
function given() {
  const text = core.getInput('goward-sha256').toLowerCase();
  if (text && !/^[0-9a-f]{64}$/.test(text)) throw new Error('the input goward-sha256 is no SHA-256: write 64 hexadecimal digits');
  return text;
}

/**
 * Whether a goward of the tool cache will do. The tool cache is the machine's own, as Node is; but with `goward-sha256` only
 * the archive of that digest will do, and not another one that has the same version.
 */
export async function isGiven(directory) {
  const digest = given();
  if (!digest) return true;
  const noted = await readFile(join(directory, NOTE), 'utf8').catch(() => '');
  return noted.trim() === digest;
}

async function download(version, own, keeps) {
  const base = core.getInput('download-url') || RELEASES;
  const name = archive(version);
  const digest = await expected(version, name, base, own);
  const file = await tools.downloadTool(address(base, version, name));
  const found = sha256(await readFile(file));
  if (found !== digest) throw new Error(`${name} from ${base} has SHA-256 ${found}, and ${digest} was wanted`);
  const unpacked = name.endsWith('.zip') ? await tools.extractZip(file) : await tools.extractTar(file);
  // The archive has one directory, of its own name.
  const directory = join(unpacked, name.replace(/\.(zip|tar\.gz)$/, ''));
  await writeFile(join(directory, NOTE), `${digest}\n`);
  // What is in the tool cache may be in use by another job of this machine: it stays.
  return keeps ? tools.keep(directory, 'goward', version, process.arch) : directory;
}

async function expected(version, name, base, own) {
  if (given() || own.digests[name]) return given() || own.digests[name];
  if (own.keys.length === 0) throw new Error(`this action knows no digest of ${name}, and no key of releases: set goward-sha256`);
  const text = async (file) => readFile(await tools.downloadTool(address(base, version, file)));
  const sums = await text('SHA256SUMS');
  return signedDigest(sums, (await text('SHA256SUMS.minisig')).toString(), own.keys, version, name);
}
