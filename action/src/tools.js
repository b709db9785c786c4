// The runner's tool cache. Its client, which has another for HTTP in it, takes 100 ms to load: only a download needs it.
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { cp, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const client = () => import('@actions/tool-cache');

/** The directory of a tool, as the client finds it. Empty if there is none that is whole. */
export function find(name, version, arch) {
  const cache = process.env.RUNNER_TOOL_CACHE;
  if (!cache) return '';
  const place = join(cache, name, version, arch);
  return existsSync(place) && existsSync(`${place}.complete`) ? place : '';
}

/** As the client's functions of these names. */
export const downloadTool = async (...words) => (await client()).downloadTool(...words);
export const extractZip = async (...words) => (await client()).extractZip(...words);
export const extractTar = async (...words) => (await client()).extractTar(...words);

/**
 * Puts a directory into the tool cache under the name of a tool, in one step. The client first deletes what is there, and
 * another job of this machine may be using just that. The mark comes first: where a job is killed behind it, the next one
 * puts the tool beside it, while a tool without a mark, of which the client may be writing half, stays as it is.
 * @returns {Promise<string>} the directory to use: the one in the tool cache, or the given one where another job was faster
 */
export async function keep(directory, name, version, arch) {
  const cache = process.env.RUNNER_TOOL_CACHE;
  if (!cache) return directory;
  const place = join(cache, name, version, arch);
  if (existsSync(place)) return directory;
  const half = `${place}.${randomUUID()}`;
  try {
    await cp(directory, half, { recursive: true });
    await writeFile(`${place}.complete`, '');
    await rename(half, place);
    return place;
  } catch (error) {
    await rm(half, { recursive: true, force: true });
    if (!existsSync(place)) throw error;
    return directory;
  }
}
