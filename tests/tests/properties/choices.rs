//! Decisions read from bytes, so that any source of bytes (proptest, libFuzzer) makes worlds, and
//! shrinks them: where the bytes end, every further decision is the plainest one.

/// Bytes, and how far they are used up.
pub(crate) struct Choices<'a> {
    rest: &'a [u8],
}

impl<'a> Choices<'a> {
    /// Decisions from `bytes`.
    pub(crate) fn new(bytes: &'a [u8]) -> Choices<'a> {
        Choices { rest: bytes }
    }

    fn byte(&mut self) -> u8 {
        let Some((first, rest)) = self.rest.split_first() else { return 0 };
        self.rest = rest;
        *first
    }

    /// A number below `end`; 0 is the plainest.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        usize::from(self.byte()) % end
    }

    /// True about once in `odds` times; false is plainer.
    pub(crate) fn once_in(&mut self, odds: usize) -> bool {
        self.below(odds) == odds - 1
    }

    /// One of `all`; the first is the plainest.
    pub(crate) fn of<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.below(all.len())]
    }

    /// Up to 64 bytes as they are.
    pub(crate) fn raw(&mut self) -> Vec<u8> {
        let length = self.below(65).min(self.rest.len());
        let (text, rest) = self.rest.split_at(length);
        self.rest = rest;
        text.to_vec()
    }
}
