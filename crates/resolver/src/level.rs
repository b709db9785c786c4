//! The levels of the chain, in the order in which they are asked.

/// A source that may choose a toolchain. The first that names one decides; only a floor may be met by
/// a level below it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ChainLevel {
    /// `+SELECTOR`, the first argument.
    CommandLine,
    /// `GOWARD_VERSION`, then `GOTOOLCHAIN`, in the environment.
    Environment,
    /// `GOTOOLCHAIN` in the nearest `.goenv`.
    Goenv,
    /// `GOTOOLCHAIN` in the file that `go env -w` writes.
    GoEnvFile,
    /// The nearest `.go-version`, or a `.tool-versions` in its place.
    PinFile,
    /// The `go.work` or `go.mod` that Go would read.
    Module,
    /// A pin file in the home directory, or `<root>/default`.
    Default,
    /// The next `go` on PATH.
    System,
    /// The newest installed release.
    Newest,
}

impl ChainLevel {
    /// The one table of levels: selection goes down it to the first that names a toolchain, and the
    /// trace goes down it to its end.
    pub const ALL: [ChainLevel; 9] = [
        ChainLevel::CommandLine,
        ChainLevel::Environment,
        ChainLevel::Goenv,
        ChainLevel::GoEnvFile,
        ChainLevel::PinFile,
        ChainLevel::Module,
        ChainLevel::Default,
        ChainLevel::System,
        ChainLevel::Newest,
    ];

    /// How many levels select. The levels below them count where none of these selects.
    pub(crate) const SELECTING: usize = ChainLevel::Default as usize;

    /// Its number, from 1.
    pub fn number(self) -> u8 {
        self as u8 + 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_in_the_order_of_the_numbers() {
        for (level, number) in ChainLevel::ALL.iter().zip(1..) {
            assert_eq!(level.number(), number);
        }
        let below = &ChainLevel::ALL[ChainLevel::SELECTING..];
        assert_eq!(below, [ChainLevel::Default, ChainLevel::System, ChainLevel::Newest]);
    }
}
