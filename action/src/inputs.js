// The inputs of action.yml, and the flags of `goward ci plan` that they become.
import * as core from '@actions/core';

// An input's name is its flag's, but for those that goward itself is brought by, `install`, and the mirror's.
const TEXTS = ['go-version', 'go-version-file', 'default-version', 'go-line', 'architecture', 'cache', 'minimum', 'verify'];
const LISTS = ['cache-dependency-path'];
const SWITCHES = ['check-latest'];

/**
 * The arguments for `goward ci plan`. An empty input gives none, so that goward's own default holds.
 * @param {(name: string) => string} text the text of an input
 * @returns {string[]}
 */
export function flags(text = core.getInput) {
  const lines = (name) => text(name).split('\n').map((line) => line.trim()).filter(Boolean);
  // `--flag=VALUE`, so that no value is taken for another flag.
  const all = TEXTS.filter((name) => text(name)).map((name) => `--${name}=${text(name)}`);
  all.push(...LISTS.flatMap((name) => lines(name).map((line) => `--${name}=${line}`)));
  all.push(...SWITCHES.filter((name) => truth(name, text)).map((name) => `--${name}`));
  if (!truth('install', text)) all.push('--no-install');
  if (text('go-download-base-url')) all.push(`--mirror=${text('go-download-base-url')}`);
  const matrix = text('matrix');
  if (matrix && matrix !== 'null') all.push(`--matrix=${matrix}`);
  return all;
}

/**
 * Whether an input of two values is on.
 * @throws {Error} if it is neither `true` nor `false`
 */
export function truth(name, text = core.getInput) {
  const value = text(name).toLowerCase();
  if (value === 'true') return true;
  if (value === 'false') return false;
  throw new Error(`the input ${name} is ${JSON.stringify(text(name))}: write true or false`);
}
