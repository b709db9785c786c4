// The runner's tool cache. Its client, which has another for HTTP in it, takes 100 ms to load: only a download needs it.
import { existsSync } from 'node:fs';
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
export const cacheDir = async (...words) => (await client()).cacheDir(...words);
