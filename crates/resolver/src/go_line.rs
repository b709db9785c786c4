//! `GOWARD_GO_LINE`: how the lines of go.mod and go.work are to be read.

/// The variable. A `.goenv` may set it, and it never goes on to the child from there.
pub(crate) const GO_LINE: &str = "GOWARD_GO_LINE";

/// What it may be.
pub(crate) const VALUES: &str = "minor or minimum";

/// What a go line and a toolchain line ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GoLine {
    /// A go line is a minimum, a toolchain line a wish.
    Usual,
    /// Go lines are wishes, too: every directory has its own minor.
    Minor,
    /// Toolchain lines are minimums, too, as for Go itself.
    Minimum,
}

impl GoLine {
    /// What `value` says, if it says anything.
    pub(crate) fn parse(value: &[u8]) -> Option<GoLine> {
        match value {
            b"" => Some(GoLine::Usual),
            b"minor" => Some(GoLine::Minor),
            b"minimum" => Some(GoLine::Minimum),
            _ => None,
        }
    }
}
