#!/usr/bin/env bash
# Measures what the shim adds to starting Go, and prints a Markdown table.
#
#     tests/bench/shim.sh [ROUNDS]          3 unless said
#
# Each case is a directory four levels below the file that decides. It is measured with a payload
# that does nothing (tests/bench/payload.c in the place of go) and with real `go version`, against
# executing the same program directly and, for scale, through a trampoline that does nothing but
# execute it. All commands take turns in each round; the table has the medians of the rounds'
# medians. System calls are those before the payload is executed.
#
# SHIM=FILE measures that shim instead of building one. Quote ratios, and figures only from a quiet
# machine.
#
# Linux only. Needs cc, python3, strace and hyperfine (apt-get install gcc strace hyperfine).
set -euo pipefail

rounds=${1:-3}
here=$(cd "$(dirname "$0")" && pwd)
workspace=$(cd "$here/../.." && pwd)
for tool in cc python3 strace hyperfine cargo; do
    command -v "$tool" >/dev/null || { echo "shim.sh: $tool is missing" >&2; exit 1; }
done

target=${CARGO_TARGET_DIR:-$workspace/target}
shim=${SHIM:-$target/release/go}
[ -n "${SHIM:-}" ] || cargo build --quiet --release --manifest-path "$workspace/Cargo.toml" \
    -p goward-shim --target-dir "$target"
trees=$(python3 "$workspace/tests/mirror/mirror.py" make --no-system-go)/trees

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
version=1.22.10

# store DIR PAYLOAD: a store in DIR whose one toolchain runs PAYLOAD; real Go finds its tree.
store() {
    mkdir -p "$1/shims" "$1/toolchains/go$version/bin"
    cp "$shim" "$1/shims/go"
    local entry
    for entry in "$trees/go$version"/*; do
        [ "${entry##*/}" = bin ] || ln -s "$entry" "$1/toolchains/go$version/"
    done
    cp "$2" "$1/toolchains/go$version/bin/go"
}
compile() {
    cc -O2 -static -nostdlib -ffreestanding -fno-stack-protector -fno-pie -no-pie -Wall -Werror \
        -o "$1" "${@:2}" "$here/payload.c"
}
compile "$scratch/nothing"
store "$scratch/tiny" "$scratch/nothing"
store "$scratch/real" "$trees/go$version/bin/go"
for kind in tiny real; do
    real=$scratch/$kind/toolchains/go$version/bin/go
    compile "$scratch/$kind/trampoline" "-DTARGET=\"$real\""
done

# The cases: a name, and what decides there.
names=('.goenv' 'go/env' '.go-version' 'go.mod' 'go.work')
prepare() {
    local top=$scratch/case-$1 file
    mkdir -p "$top/home" "$top/project/a/b/c/d"
    case ${names[$1]} in
        .goenv) echo "GOTOOLCHAIN=go$version" >"$top/project/.goenv" ;;
        go/env)
            file=$top/home/.config/go/env
            mkdir -p "${file%/*}"
            echo "GOTOOLCHAIN=go$version" >"$file"
            ;;
        .go-version) echo "$version" >"$top/project/.go-version" ;;
        go.mod) printf 'module m\n\ngo %s\n' "$version" >"$top/project/go.mod" ;;
        go.work) printf 'go %s\n' "$version" >"$top/project/go.work" ;;
    esac
}
for i in "${!names[@]}"; do prepare "$i"; done

# clean HOME COMMAND...: runs with no environment but this.
clean() { env -i HOME="$1" PATH=/usr/bin:/bin TMPDIR="$scratch" "${@:2}"; }

for round in $(seq "$rounds"); do
    for i in "${!names[@]}"; do
        top=$scratch/case-$i
        for kind in tiny real; do
            runs=1000
            [ "$kind" = tiny ] || runs=100
            echo "round $round of $rounds: ${names[$i]}, $kind" >&2
            (cd "$top/project/a/b/c/d" && clean "$top/home" hyperfine -N -w 20 -r "$runs" --style none \
                --export-json "$scratch/$kind-$i-$round.json" \
                "$scratch/$kind/toolchains/go$version/bin/go version" \
                "$scratch/$kind/trampoline version" \
                "$scratch/$kind/shims/go version" >/dev/null 2>&1)
        done
    done
done

for i in "${!names[@]}"; do
    top=$scratch/case-$i
    (cd "$top/project/a/b/c/d" &&
        clean "$top/home" strace -f -qq -o "$scratch/strace-$i" "$scratch/tiny/shims/go" version)
done

python3 - "$scratch" "$rounds" "$version" "${names[@]}" <<'PYTHON'
import json, statistics, sys

scratch, rounds, version, names = sys.argv[1], int(sys.argv[2]), sys.argv[3], sys.argv[4:]

def medians(kind, case):
    """Milliseconds of direct, trampoline and shim: medians of the rounds' medians."""
    rows = []
    for round_ in range(1, rounds + 1):
        with open(f"{scratch}/{kind}-{case}-{round_}.json") as file:
            rows.append([result["median"] * 1000 for result in json.load(file)["results"]])
    return [statistics.median(column) for column in zip(*rows)]

def calls(case):
    """System calls between the start of the shim and the execution of the payload."""
    with open(f"{scratch}/strace-{case}") as file:
        lines = file.read().splitlines()
    execs = [i for i, line in enumerate(lines) if "execve(" in line]
    last = next(i for i in execs if f"toolchains/go{version}/bin/go" in lines[i] and lines[i].endswith("= 0"))
    return last - execs[0] - 1

print("| case | program | direct ms | trampoline adds ms | shim adds ms | shim / trampoline | system calls |")
print("|---|---|---|---|---|---|---|")
for case, name in enumerate(names):
    for kind, program in (("tiny", "nothing"), ("real", "`go version`")):
        direct, trampoline, shim = medians(kind, case)
        base, added = trampoline - direct, shim - direct
        ratio = f"{added / base:.1f}" if base > 0 else "-"
        count = calls(case) if kind == "tiny" else ""
        print(f"| {name} | {program} | {direct:.3f} | {base:.3f} | {added:.3f} | {ratio} | {count} |")
PYTHON
