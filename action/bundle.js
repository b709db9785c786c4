// Makes dist/ of src/: `npm run bundle -- [--out DIR] [--keys FILE.pub...] [--digests SHA256SUMS]`
// The files are one action with action.yml and matchers.json beside them. Equal input gives equal bytes.
import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';

const top = dirname(fileURLToPath(import.meta.url));
const { values } = parseArgs({
  options: { out: { type: 'string' }, keys: { type: 'string', multiple: true }, digests: { type: 'string' } },
});
const keysOfReleases = join(top, '..', 'keys');
const keys = values.keys ?? readdirSync(keysOfReleases).filter((name) => name.endsWith('.pub')).sort().map((name) => join(keysOfReleases, name));
const own = {
  version: JSON.parse(readFileSync(join(top, 'package.json'))).version,
  digests: values.digests ? sums(readFileSync(values.digests, 'utf8')) : {},
  keys: keys.map((file) => readFileSync(file, 'utf8').trim().split('\n').pop()),
};

function sums(text) {
  return Object.fromEntries(text.trim().split('\n').map((line) => [line.slice(66), line.slice(0, 64)]));
}

// The action asks GitHub for no token. Without this, each step would load the client of HTTP for it: 100 ms.
const noTokens = {
  name: 'no-tokens',
  setup({ onResolve }) {
    onResolve({ filter: /oidc-utils/ }, ({ path, resolveDir }) => ({ path: join(resolveDir, path), sideEffects: false }));
  },
};

await build({
  entryPoints: { main: join(top, 'src/main.js'), post: join(top, 'src/post.js') },
  outdir: values.out ?? join(top, 'dist'),
  outExtension: { '.js': '.cjs' },
  bundle: true,
  platform: 'node',
  target: 'node24',
  format: 'cjs',
  minify: true,
  legalComments: 'linked',
  define: { OWN: JSON.stringify(own), 'import.meta.url': '""' },
  logLevel: 'warning',
  plugins: [noTokens],
});
