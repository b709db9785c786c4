//! Rules of pins and of `.goenv`.

use super::Case;
use super::MOD;

pub(super) fn of_pins() -> [Case<'static>; 15] {
    use crate::rule::Rule::*;
    const FIRST: &[&str] = &["pin-below-floor error .go-version:1"];
    const LOWER: &[&str] = &["pin-below-floor error a/.go-version:1"];
    const WORK: (&str, &str) = ("go.work", "go 1.27.0\n\nuse ./a\n");
    [
        (
            PinBelowFloor,
            &[(".go-version", "1.21.13\n"), ("a/go.mod", MOD)],
            &["pin-below-floor error .go-version:1"],
        ),
        (
            PinBelowFloor,
            &[(".go-version", "1.22.10\n"), ("go.mod", "module m\n\ngo 1.21\n\ntool m/x\n")],
            &["pin-below-floor error .go-version:1"],
        ),
        (
            PinBelowFloor,
            &[(".goenv", "GOTOOLCHAIN=go1.21.13\n"), ("go.mod", MOD)],
            &["pin-below-floor error .goenv:1"],
        ),
        (PinBelowFloor, &[(".go-version", "1.26.6\n"), ("go.mod", MOD)], &[]),
        // No release of the minor, or of the range, meets it.
        (PinBelowFloor, &[(".go-version", "1.25\n"), ("go.mod", MOD)], FIRST),
        (PinBelowFloor, &[(".go-version", ">=1.21,<1.26\n"), ("go.mod", MOD)], FIRST),
        (PinBelowFloor, &[(".go-version", "1.26\n"), ("go.mod", MOD)], &[]),
        (PinBelowFloor, &[(".go-version", ">=1.21\n"), ("go.mod", MOD)], &[]),
        // The go.work above counts in the module, unless a `.goenv` says no.
        (PinBelowFloor, &[("a/.go-version", "1.26.6\n"), ("a/go.mod", MOD), WORK], LOWER),
        (
            PinBelowFloor,
            &[("a/.go-version", "1.26.6\n"), ("a/go.mod", MOD), WORK, (".goenv", "GOWORK=off\n")],
            &[],
        ),
        // An older Go takes such a go line for advice, but cannot read one with a patch.
        (
            PinBelowFloor,
            &[(".go-version", "1.12.1\n"), ("go.mod", "module m\n\ngo 1.13\n")],
            &["pin-below-floor warning .go-version:1"],
        ),
        (
            PinBelowFloor,
            &[(".go-version", "1.20.14\n"), ("go.mod", "module m\n\ngo 1.21\n")],
            FIRST,
        ),
        (PinBelowFloor, &[(".go-version", "1.19\n"), ("go.mod", "module m\n\ngo 1.20.3\n")], FIRST),
        (PinBelowFloor, &[(".goenv", "GOTOOLCHAIN=go1.21.13+auto\n"), ("go.mod", MOD)], &[]),
        (PinBelowFloor, &[("a/.go-version", "1.21.13\n"), ("go.mod", MOD)], &[]),
    ]
}

pub(super) fn of_toolchain_lines() -> [Case<'static>; 2] {
    use crate::rule::Rule::*;
    [
        (
            PinBelowToolchainLine,
            &[
                (".go-version", "1.26.0\n"),
                ("go.mod", "module m\n\ngo 1.26.0\n\ntoolchain go1.27.3\n"),
            ],
            &["pin-below-toolchain-line note .go-version:1"],
        ),
        (
            PinBelowToolchainLine,
            &[
                (".go-version", "1.27.3\n"),
                ("go.mod", "module m\n\ngo 1.26.0\n\ntoolchain go1.27.3\n"),
            ],
            &[],
        ),
    ]
}

pub(super) fn of_pin_files() -> [Case<'static>; 13] {
    use crate::rule::Rule::*;
    [
        (
            PinsDisagree,
            &[(".go-version", "1.22.10\n"), (".tool-versions", "golang 1.23.2\n")],
            &["pins-disagree error .tool-versions:1"],
        ),
        (PinsDisagree, &[(".go-version", "1.22\n"), (".tool-versions", "golang 1.22.10\n")], &[]),
        (
            PinsDisagree,
            &[(".go-version", "1.27.3\n"), (".goenv", "GOTOOLCHAIN=go1.26.6+auto\n")],
            &["pins-disagree error .goenv:1"],
        ),
        (
            PinMalformed,
            &[("a/.go-version", "\nvendor\n")],
            &["pin-malformed error a/.go-version:2"],
        ),
        (
            PinMalformed,
            &[(".go-version", "v1.26.6 # x\r\n"), ("a/.tool-versions", "nodejs 20\n")],
            &[],
        ),
        (
            PinSurplusLines,
            &[(".go-version", "1.26.6\n1.27.3\n")],
            &["pin-surplus-lines note .go-version:2"],
        ),
        (PinSurplusLines, &[(".go-version", "# c\n1.26.6\n\n")], &[]),
        (PinCrlf, &[(".go-version", "1.26.6\r\n")], &["pin-crlf note .go-version:1"]),
        (PinCrlf, &[(".go-version", "1.26.6\n"), ("go.mod", "module m\r\n\r\ngo 1.26.0\r\n")], &[]),
        (
            PinShadowed,
            &[(".go-version", "1.26.6\n"), ("a/.go-version", "1.27.3\n"), ("a/go.mod", MOD)],
            &["pin-shadowed note .go-version:1"],
        ),
        (
            PinShadowed,
            &[
                (".go-version", "1.26.6\n"),
                ("a/.go-version", "1.27.3\n"),
                ("a/go.mod", MOD),
                ("b/go.mod", MOD),
            ],
            &[],
        ),
        // No module is below, and two pins of one directory.
        (PinShadowed, &[(".go-version", "1.26.6\n")], &[]),
        (
            PinShadowed,
            &[(".go-version", "1.26.6\n"), (".tool-versions", "golang 1.26.6\n"), ("go.mod", MOD)],
            &[],
        ),
    ]
}

pub(super) fn of_goenv() -> [Case<'static>; 11] {
    use crate::rule::Rule::*;
    const EXACT: &str = "[check]\npins = \"exact\"\n";
    [
        (
            PinRoomy,
            &[(".go-version", "1.27\n"), (".goward.toml", EXACT)],
            &["pin-roomy warning .go-version:1"],
        ),
        (PinRoomy, &[(".go-version", "1.27.3\n"), (".goward.toml", EXACT)], &[]),
        (
            GoenvMalformed,
            &[(".goenv", "GOOS=linux\nGOROOT=/x\n")],
            &["goenv-malformed error .goenv:2"],
        ),
        (GoenvMalformed, &[(".goenv", "GOFLAGS=-toolexec=x\n")], &[]),
        (
            GoLineSetting,
            &[(".goenv", "GOPROXY=off\nGOWARD_GO_LINE=exact\n")],
            &["go-line-setting error .goenv:2"],
        ),
        (GoLineSetting, &[(".goenv", "GOWARD_GO_LINE=minimum\n")], &[]),
        (GoenvMalformed, &[(".goenv", "GOWARD_GO_LINE=exact\n")], &[]),
        (
            GotoolchainInvalid,
            &[(".goenv", "GOTOOLCHAIN=1.26.6\n")],
            &["gotoolchain-invalid error .goenv:1"],
        ),
        (GotoolchainInvalid, &[(".goenv", "GOTOOLCHAIN=local\n")], &[]),
        (
            GotoolchainBare,
            &[("go.mod", "module m\n\ngo 1.22\n\ntoolchain go1.22\n")],
            &["gotoolchain-bare error go.mod:5"],
        ),
        (GotoolchainBare, &[(".goenv", "GOTOOLCHAIN=go1.20\n")], &[]),
    ]
}
