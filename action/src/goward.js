// Runs goward, whose answers are JSON on stdout. Its own words, on stderr, go to the log as they come.
import { spawn } from 'node:child_process';

/**
 * Runs `goward ci ...` and returns its document.
 * @throws {Error} if it ends with another status than 0; its words are in the log then
 */
export async function ask(program, words) {
  return JSON.parse(await output(program, ['ci', ...words, '--json']));
}

/** What a command prints. @throws {Error} as `ask` */
export function output(program, words) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, words, { stdio: ['ignore', 'pipe', 'inherit'] });
    const parts = [];
    child.stdout.on('data', (part) => parts.push(part));
    child.on('error', reject);
    child.on('close', (status, signal) => {
      if (status === 0) resolve(Buffer.concat(parts).toString());
      else reject(new Error(`goward ${words.slice(0, 2).join(' ')} ended with ${signal ?? `status ${status}`}`));
    });
  });
}
