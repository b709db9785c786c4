#!/bin/sh
# `goward hook install` wrote this; `goward hook uninstall` takes it away.
# The hook that was here runs first. SHA-256: HASH
kept=$0.before-goward
if [ -f "$kept" ] && [ -x "$kept" ]; then "$kept" "$@" || exit; fi
goward=$(command -v goward)
case $goward in
/*)
  "$goward" check --staged && exit
  status=$?
  echo "goward: goward's pre-commit hook refuses this commit; to commit all the same: git commit --no-verify" >&2
  exit $status
  ;;
esac
echo "goward: this commit is not checked: no absolute directory of PATH has a goward" >&2
exit 0
