//! What a program writes to its standard error.

/// The beginning of it.
#[derive(Debug)]
pub(super) struct Words {
    kept: Vec<u8>,
    most: usize,
}

impl Words {
    /// None yet; `most` bytes are kept.
    pub(super) fn new(most: usize) -> Words {
        Words { kept: Vec::new(), most }
    }

    /// Keeps what there is room for.
    pub(super) fn add(&mut self, bytes: &[u8]) {
        let room = self.most - self.kept.len();
        self.kept.extend_from_slice(&bytes[..bytes.len().min(room)]);
    }

    pub(super) fn kept(self) -> Vec<u8> {
        self.kept
    }
}
