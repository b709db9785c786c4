// Restores one entry by its whole name, as actions/setup-go does.
import * as cache from '@actions/cache';
import * as core from '@actions/core';

const found = cache.restoreCache(core.getMultilineInput('paths'), core.getInput('key'));
found.then((key) => core.saveState('found', key ?? ''), (error) => core.setFailed(error.message));
