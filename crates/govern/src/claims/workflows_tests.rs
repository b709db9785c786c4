//! Workflows and actions.

use super::Form;

const PATH: &str = ".github/workflows/ci.yml";

/// Inputs of setup-go, and what they claim.
const INPUTS: &[(&str, &[&str])] = &[
    ("go-version: '1.27'", &["ci 1.27 7"]),
    ("go-version: 1.27", &["ci 1.27 7"]),
    ("go-version: \"1.26\"", &["ci 1.26 7"]),
    ("go-version: 1.30", &["yaml-number 7"]),
    ("go-version: 1.20", &["yaml-number 7"]),
    ("go-version: '1.30'", &["ci 1.30 7"]),
    ("go-version: 1.26.6", &["ci 1.26.6 7"]),
    ("go-version: 1.27.0", &["ci 1.27.0 7"]),
    ("go-version: 1.27.x", &["ci 1.27 7"]),
    ("go-version: '1.27.*'", &["ci 1.27 7"]),
    ("go-version: ~1.27", &["ci ~1.27 7"]),
    ("go-version: '~1.27.0'", &["ci ~1.27.0 7"]),
    ("go-version: ~1.27.x", &["ci ~1.27 7"]),
    ("go-version: ^1.26", &["ci ^1.26 7"]),
    ("go-version: '^1.26.2'", &["ci ^1.26.2 7"]),
    ("go-version: ^1", &["ci ^1 7"]),
    ("go-version: 1.x", &["ci ^1 7"]),
    ("go-version: '1'", &["ci ^1 7"]),
    ("go-version: '*'", &["ci latest 7"]),
    ("go-version: '>=1.26.0'", &["ci >=1.26.0 7"]),
    ("go-version: '>=1.26.0 <1.28.0'", &["ci >=1.26.0,<1.28.0 7"]),
    ("go-version: '>= 1.26'", &["ci >=1.26 7"]),
    ("go-version: stable", &["ci latest 7"]),
    ("go-version: oldstable", &["ci oldstable 7"]),
    ("go-version: '1.27.0-rc.1'", &["ci 1.27rc1 7"]),
    ("go-version: 1.26.0-beta.1", &["open 7"]),
    ("go-version: tip", &["open 7"]),
    ("go-version: '1.26 || 1.27'", &["open 7"]),
    ("go-version-file: go.mod", &[]),
    ("go-version-file: ./x/y/go.mod", &[]),
    ("go-version-file: \"x/y/go.mod\"", &[]),
    ("go-version-file: .go-version", &["version-file-missing 7"]),
    ("go-version-file: ../other/go.mod", &["version-file-missing 7"]),
    ("go-version: ''\n          go-version-file: go.mod", &[]),
    ("go-version: '1.27'\n          go-version-file: go.mod", &["ci 1.27 7"]),
    ("go-version: '1.27'\n          check-latest: true", &["ci 1.27 7"]),
    ("cache: false", &[]),
    ("go-version: 1.26.0-rc.1\n          stable: 'false'", &["ci 1.26rc1 7", "input-ignored 8"]),
    ("# go-version: '1.20'\n          go-version: '1.27' # not 1.20", &["ci 1.27 8"]),
    ("go-version: ${{ steps.v.outputs.go }}", &["open 7"]),
    ("go-version: ${{ vars.GO_VERSION }}", &["open 7"]),
    ("go-version: ${{ matrix.go || '1.27' }}", &["open 7"]),
    ("go-version: ${{ env.UNSET }}", &["open 7"]),
];

/// A matrix or the like, the version's expression, and what they claim.
const MATRICES: &[(&str, &str, &[&str])] = &[
    ("go: ['1.26', '1.27']", "${{ matrix.go }}", &["ci 1.26 1.27 2"]),
    ("go: [1.26, 1.27]", "${{ matrix.go }}", &["ci 1.26 1.27 2"]),
    ("go: [1.29, 1.30]", "${{ matrix.go }}", &["ci 1.29 2", "yaml-number 2"]),
    ("go: [stable, oldstable]", "${{matrix.go}}", &["ci latest oldstable 2"]),
    ("go-version: [1.27.x]", "${{ matrix.go-version }}", &["ci 1.27 2"]),
    ("golang: [1.27.x]", "${{ matrix.golang }}", &["ci 1.27 2"]),
    ("go_ver: [1.27.x]", "${{ matrix.go_ver }}", &["ci 1.27 2"]),
    ("version: ['1.27']", "${{ matrix.version }}", &["ci 1.27 2"]),
    ("go: [26, 27]", "1.${{ matrix.go }}.x", &["ci 1.26 1.27 8"]),
    ("go: [26, 27]", "1.${{ matrix.go }}", &["ci 1.26 1.27 8"]),
    ("go: [{version: '1.27', race: true}]", "${{ matrix.go.version }}", &["ci 1.27 2"]),
    ("include: [{go: '1.27'}, {go: '1.26', os: x}]", "${{ matrix.go }}", &["ci 1.27 1.26 2"]),
    (
        "go: ['1.26'], include: [{go: '1.27', latest: true}, {os: x}]",
        "${{ matrix.go }}",
        &["ci 1.26 1.27 2"],
    ),
    ("go: ['1.20', '1.27'], exclude: [{go: '1.20'}]", "${{ matrix.go }}", &["ci 1.27 2"]),
    (
        "go: ['1.26', '1.27'], exclude: [{go: '1.26', os: w}]",
        "${{ matrix.go }}",
        &["ci 1.26 1.27 2"],
    ),
    ("go: ['']", "${{ matrix.go }}", &[]),
    ("os: [linux]", "${{ matrix.go }}", &[]),
    ("go: '${{ fromJSON(needs.plan.outputs.go) }}'", "${{ matrix.go }}", &["open 8"]),
];

/// Whole files.
const WHOLE: &[(&str, &str, &[&str])] = &[
    (
        PATH,
        "env: {GO_VERSION: '1.27'}\njobs: {t: {steps: [{uses: actions/setup-go@v6, with: {go-version: '${{ env.GO_VERSION }}'}}]}}\n",
        &["ci 1.27 1"],
    ),
    (
        PATH,
        "env: {V: '1.20'}\njobs: {t: {env: {V: 1.27.x}, steps: [{uses: actions/setup-go@v6, with: {go-version: '${{ env.V }}'}}]}}\n",
        &["ci 1.27 2"],
    ),
    (
        PATH,
        "env: {V: 1.20}\njobs: {t: {steps: [{uses: actions/setup-go@v6, env: {V: stable}, with: {go-version: '${{ env.V }}'}}]}}\n",
        &["ci latest 2"],
    ),
    (
        PATH,
        "env: {V: 1.20}\njobs: {t: {steps: [{uses: actions/setup-go@v6, with: {go-version: '${{ env.V }}'}}]}}\n",
        &["yaml-number 1"],
    ),
    (
        PATH,
        "jobs: {t: {strategy: {matrix: '${{ fromJSON(needs.p.outputs.m) }}'}, steps: [{uses: actions/setup-go@v6, with: {go-version: '${{ matrix.go }}'}}]}}\n",
        &["open 1"],
    ),
    (
        PATH,
        "on: {workflow_call: {inputs: {go: {default: '1.27'}}}}\njobs: {t: {steps: [{uses: actions/setup-go@v6, with: {go-version: '${{ inputs.go }}'}}]}}\n",
        &["ci 1.27 1"],
    ),
    (
        PATH,
        "on: {workflow_call: {inputs: {go: {required: true}}}}\njobs: {t: {steps: [{uses: actions/setup-go@v6, with: {go-version: '${{ inputs.go }}'}}]}}\n",
        &["open 2"],
    ),
    (
        PATH,
        "on: {workflow_dispatch: {inputs: {go: {default: 1.27.x}}}}\njobs: {t: {steps: [{uses: actions/setup-go@v6, with: {go-version: '${{ github.event.inputs.go }}'}}]}}\n",
        &["ci 1.27 1"],
    ),
    (PATH, "jobs: {t: {uses: org/meta/.github/workflows/go.yml@main}}\n", &[]),
    (
        PATH,
        "jobs: {t: {container: 'golang:1.27-bookworm', steps: [{uses: actions/checkout@v4}, {run: go test ./...}]}}\n",
        &["image 1.27 1"],
    ),
    (PATH, "jobs: {t: {container: {image: 'golang:1.27'}}}\n", &["image 1.27 1"]),
    (
        PATH,
        "jobs: {t: {strategy: {matrix: {go: ['1.26', '1.27']}}, container: 'golang:${{ matrix.go }}-alpine'}}\n",
        &["image 1.26 1.27 1"],
    ),
    (PATH, "jobs: {t: {container: 'ghcr.io/acme/go-builder:latest'}}\n", &[]),
    (
        PATH,
        "jobs: {t: {steps: [{run: 'go install golang.org/dl/go1.27.3@latest && go1.27.3 download'}]}}\n",
        &[],
    ),
    (
        PATH,
        "jobs: {t: {steps: [{uses: actions/checkout@v4}, {run: 'GOTOOLCHAIN=go1.25.0 go test ./...'}]}}\n",
        &[],
    ),
    (
        PATH,
        "jobs: {t: {steps: [{uses: golangci/golangci-lint-action@v9, with: {version: v2.1}}]}}\n",
        &[],
    ),
    (
        PATH,
        "jobs: {t: {steps: [{uses: 'actions/setup-go@0123abc', with: {go-version: '1.27'}}]}}\n",
        &["ci 1.27 1"],
    ),
    (
        PATH,
        "{\"jobs\": {\"t\": {\"steps\": [{\"uses\": \"actions/setup-go@v5\", \"with\": {\"go-version\": \"1.27\",},},],},},}\n",
        &["ci 1.27 1"],
    ),
    (
        PATH,
        "jobs: {t: {steps: [{name: Set up Go 1.20, uses: actions/setup-go@v6, with: {go-version: 1.27.x}}]}}\n",
        &["ci 1.27 1"],
    ),
    (
        PATH,
        "jobs:\n  t:\n    steps:\n      - run: a\n        run: b\n      - uses: actions/setup-go@v6\n        with: {go-version: 1.27}\n",
        &["ci 1.27 7"],
    ),
    (
        ".gitea/workflows/ci.yml",
        "jobs: {t: {steps: [{uses: 'https://github.com/actions/setup-go@v5', with: {go-version: '1.27'}}]}}\n",
        &["ci 1.27 1"],
    ),
    (
        ".forgejo/workflows/ci.yml",
        "jobs: {t: {steps: [{uses: 'https://code.forgejo.org/actions/setup-go@v5', with: {go-version: '1.26'}}]}}\n",
        &["ci 1.26 1"],
    ),
    // A branch of old, an action of others that is faster, and anchors.
    (
        PATH,
        "jobs: {t: {steps: [{uses: actions/checkout@v4, with: {ref: release-1}}, {uses: actions/setup-go@v6, with: {go-version: 1.21.x}}]}}\n",
        &["ci 1.21 1"],
    ),
    (
        PATH,
        "jobs: {t: {steps: [{uses: acme/setup-go-faster@v1, with: {go-version: 1.27.x}}]}}\n",
        &["ci 1.27 1"],
    ),
    (
        PATH,
        "x: &v '1.27'\njobs: {t: {steps: [{uses: actions/setup-go@v6, with: {go-version: *v}}]}}\n",
        &["ci 1.27 1"],
    ),
    (
        PATH,
        "jobs: {t: {steps: [{uses: actions/checkout@v4}, {run: 'cat v > .go-version'}, {uses: actions/setup-go@v6, with: {go-version-file: .go-version}}]}}\n",
        &["open 1"],
    ),
    (
        PATH,
        "jobs: {t: {steps: [{uses: actions/checkout@v4, with: {path: a}}, {uses: actions/setup-go@v6, with: {go-version-file: a/go.mod}}]}}\n",
        &["open 1"],
    ),
    (
        PATH,
        "jobs: {t: {steps: [{uses: actions/checkout@v4}, {uses: actions/setup-go@v6, with: {go-version: '1.20'}}, {uses: actions/setup-go@v6, with: {go-version: '1.27'}}]}}\n",
        &["ci 1.20 1", "ci 1.27 1"],
    ),
    (
        PATH,
        "jobs: {t: {steps: [{uses: actions/checkout@v4}, {uses: actions/setup-go@v6, with: {go-version: '1.24'}}, {run: go test, env: {GOTOOLCHAIN: auto}}]}}\n",
        &["ci 1.24 1"],
    ),
    (
        PATH,
        "jobs: {t: {continue-on-error: true, steps: [{uses: actions/checkout@v4}, {uses: actions/setup-go@v6, with: {go-version: '1.24'}}]}}\n",
        &["ci 1.24 1"],
    ),
    (
        PATH,
        "jobs: {t: {steps: [{uses: actions/checkout@v4}, {uses: actions/setup-go@v6, with: {go-version: '1.24'}}, {run: 'cd old && go test'}]}}\n",
        &["ci 1.24 1"],
    ),
    (
        PATH,
        "jobs: {t: {steps: [{uses: actions/setup-go@v6, with: {go-version: '1.24'}}, {run: 'go install x.org/x@v1'}]}}\n",
        &["ci 1.24 1"],
    ),
    (PATH, "name: empty\n", &[]),
    (PATH, "", &[]),
    (
        ".github/actions/prepare/action.yml",
        "inputs: {go: {default: '1.27'}}\nruns: {using: composite, steps: [{uses: actions/setup-go@v6, with: {go-version: '${{ inputs.go }}'}}]}\n",
        &["ci 1.27 1"],
    ),
    (
        ".github/actions/prepare/action.yml",
        "runs: {using: composite, steps: [{uses: actions/setup-go@v6, with: {go-version: 1.27.x}}]}\n",
        &["ci 1.27 1"],
    ),
    ("action.yml", "runs: {using: node20, main: index.js}\n", &[]),
];

pub(super) fn forms() -> Vec<(&'static str, String, &'static [&'static str])> {
    let step = |with: &str| {
        format!(
            "jobs:\n  test:\n    steps:\n      - uses: actions/checkout@v4\n      - uses: actions/setup-go@v6\n        with:\n          {with}\n"
        )
    };
    let matrix = |matrix: &str, version: &str| {
        format!(
            "jobs: {{test: {{strategy: {{matrix:\n  {{{matrix}}}}},\n  steps: [\n    {{uses: actions/checkout@v4}},\n    \
             {{uses: actions/setup-go@v6,\n    with:\n    {{\n    go-version: '{version}'}}}}]}}}}\n"
        )
    };
    let inputs = INPUTS.iter().map(|(with, wants)| (PATH, step(with), *wants));
    let matrices =
        MATRICES.iter().map(|(keys, version, wants)| (PATH, matrix(keys, version), *wants));
    let whole =
        WHOLE.iter().map(|(path, text, wants): &Form<'_>| (*path, (*text).to_owned(), *wants));
    inputs.chain(matrices).chain(whole).collect()
}
