// Saves the entry if there was none, and never again, as actions/setup-go does.
import * as cache from '@actions/cache';
import * as core from '@actions/core';

if (!core.getState('found')) {
  const saved = cache.saveCache(core.getMultilineInput('paths'), core.getInput('key'));
  saved.catch((error) => core.setFailed(error.message));
}
