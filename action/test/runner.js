// Finds what GitHub's runner would mark, by the matchers of matchers.json, in its way: for each line the patterns
// of a matcher are tried from the last to the first, and a pattern with `loop` keeps what came before it.

/**
 * @param {{problemMatcher: object[]}} file
 * @param {string} text
 * @returns {{owner: string, file?: string, line?: number, column?: number, message: string}[]}
 */
export function found(file, text) {
  const matchers = file.problemMatcher.map((matcher) => ({ ...matcher, state: [] }));
  const marks = [];
  for (const line of text.split('\n')) {
    // The first matcher that finds something in a line has it.
    for (const matcher of matchers) {
      const mark = step(matcher, line);
      if (!mark) continue;
      marks.push({ owner: matcher.owner, ...mark });
      for (const other of matchers) if (other !== matcher) other.state = [];
      break;
    }
  }
  return marks;
}

function step(matcher, line) {
  const last = matcher.pattern.length - 1;
  for (let i = last; i >= 0; i -= 1) {
    const before = i > 0 ? matcher.state[i - 1] : {};
    if (i > 0 && !before) continue;
    const pattern = matcher.pattern[i];
    const match = new RegExp(pattern.regexp).exec(line);
    if (!match) {
      matcher.state[i === last && i > 0 ? i - 1 : i] = undefined;
      continue;
    }
    const now = { ...before, ...fields(pattern, match) };
    if (i < last) {
      matcher.state[i] = now;
      continue;
    }
    matcher.state = [];
    if (pattern.loop) matcher.state[i - 1] = before;
    return now;
  }
  return undefined;
}

function fields(pattern, match) {
  const all = {};
  for (const name of ['file', 'line', 'column', 'message', 'code']) {
    const text = pattern[name] === undefined ? undefined : match[pattern[name]];
    if (text !== undefined) all[name] = name === 'line' || name === 'column' ? Number(text) : text;
  }
  return all;
}
