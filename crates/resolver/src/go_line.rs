//! `GOWARD_GO_LINE`: how the lines of go.mod and go.work are to be read.

/// The variable. A `.goenv` may set it, and it never goes on to the child from there.
pub(crate) const GO_LINE: &str = "GOWARD_GO_LINE";

/// Its values.
pub(crate) const VALUES: &str = "minor or minimum";

/// The meanings of a go line and a toolchain line.
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
    /// The meaning of `value`; `None` for an unknown one.
    pub(crate) fn parse(value: &[u8]) -> Option<GoLine> {
        match value {
            b"" => Some(GoLine::Usual),
            b"minor" => Some(GoLine::Minor),
            b"minimum" => Some(GoLine::Minimum),
            _ => None,
        }
    }
}
