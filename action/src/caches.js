// Hands the names that goward chose to the cache of GitHub, and decides nothing itself.
import * as core from '@actions/core';

// The client is a megabyte: it is loaded only where a cache is.
const client = () => import('@actions/cache');

/**
 * Restores what the plan says may be read.
 * @param {{name: string, paths: string[], key: string, restore: string[], read: boolean}[]} caches
 * @returns {Promise<Record<string, string>>} for each cache that was there, the name of its entry
 */
export async function restore(caches) {
  const found = {};
  for (const { name, paths, key, restore } of caches.filter((cache) => cache.read)) {
    const entry = await attempt(`the cache of ${name} was not restored`, async () => {
      return (await client()).restoreCache(paths, key, restore);
    });
    if (entry) found[name] = entry;
  }
  return found;
}

// The level at which zstd packs a build cache: the client names none, and zstd's own is 3. Of 217 MB this makes 43 in place of
// 49, in two seconds more.
const LEVEL = '10';

/** Saves what goward says is worth it. A cache that cannot be saved fails no job. */
export async function save(caches) {
  process.env.ZSTD_CLEVEL ??= LEVEL;
  for (const { name, paths, key } of caches.filter((cache) => cache.save)) {
    await attempt(`the cache of ${name} was not saved`, async () => (await client()).saveCache(paths, key));
  }
}

async function attempt(what, action) {
  try {
    return await action();
  } catch (error) {
    core.warning(`${what}: ${error.message}`);
    return undefined;
  }
}
