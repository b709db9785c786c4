//! What Go says of its variables for a target: `go env -json`.

use super::target::Target;
use serde::Deserialize;

/// The variables that Go is asked for.
pub(super) const VARIABLES: [&str; 7] =
    ["CC", "CGO_ENABLED", "GOHOSTOS", "GOHOSTARCH", "GOARM", "GOMIPS", "GOMIPS64"];

/// The variables of Go's for a target.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "UPPERCASE", default)]
pub(super) struct Variables {
    pub(super) cc: String,
    pub(super) cgo_enabled: String,
    pub(super) gohostos: String,
    pub(super) gohostarch: String,
    pub(super) goarm: String,
    pub(super) gomips: String,
    pub(super) gomips64: String,
}

impl Variables {
    /// Whether a target is Go's own system and processor.
    pub(super) fn is_native(&self, target: &Target) -> bool {
        self.gohostos == target.goos && self.gohostarch == target.goarch
    }

    /// Whether a processor of MIPS does without hardware for floating point.
    pub(super) fn is_soft(&self) -> bool {
        [&self.gomips, &self.gomips64].iter().any(|value| *value == "softfloat")
    }
}
