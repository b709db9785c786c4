//! A transparency log in memory, written after RFC 6962 alone: it shares no code with the crate
//! under test.

use sha2::{Digest as _, Sha256};

pub(crate) type Bytes = [u8; 32];

/// The hashes of a log's tree: `levels[k][n]` is over the `1 << k` records from `n << k` on.
#[derive(Clone, Default)]
pub(crate) struct Log {
    levels: Vec<Vec<Bytes>>,
}

pub(crate) fn leaf(text: &[u8]) -> Bytes {
    Sha256::new().chain_update([0]).chain_update(text).finalize().into()
}

fn inner(left: &Bytes, right: &Bytes) -> Bytes {
    Sha256::new().chain_update([1]).chain_update(left).chain_update(right).finalize().into()
}

impl Log {
    /// Appends a record.
    pub(crate) fn push(&mut self, text: &[u8]) {
        let mut hash = leaf(text);
        for level in 0.. {
            if self.levels.len() == level {
                self.levels.push(Vec::new());
            }
            let row = &mut self.levels[level];
            row.push(hash);
            if row.len() % 2 == 1 {
                break;
            }
            hash = inner(&row[row.len() - 2], &row[row.len() - 1]);
        }
    }

    /// The tree hash over the first `size` records: MTH of RFC 6962, section 2.1.
    pub(crate) fn root(&self, size: u64) -> Bytes {
        if size == 0 { Sha256::digest([]).into() } else { self.range(0, size) }
    }

    fn range(&self, low: u64, high: u64) -> Bytes {
        let length = high - low;
        if length.is_power_of_two() && low.is_multiple_of(length) {
            return self.levels[length.ilog2() as usize][usize::try_from(low / length).unwrap()];
        }
        let left = 1 << (length - 1).ilog2();
        inner(&self.range(low, low + left), &self.range(low + left, high))
    }

    /// The bytes at `tile/HEIGHT/LEVEL/N[.p/WIDTH]` of a server with `size` records; `None` where
    /// such a server has no such file.
    pub(crate) fn tile(&self, size: u64, path: &str) -> Option<Vec<u8>> {
        let (path, width) = match path.split_once(".p/") {
            Some((path, width)) => (path, Some(width.parse::<u64>().ok()?)),
            None => (path, None),
        };
        let mut parts = path.strip_prefix("tile/")?.split('/');
        let height: u32 = parts.next()?.parse().ok()?;
        let level: u32 = parts.next()?.parse().ok()?;
        let number = parts.map(|part| part.trim_start_matches('x')).collect::<String>();
        let start = number.parse::<u64>().ok()? << height;
        let end = start + width.unwrap_or(1 << height);
        if end > size >> (height * level) {
            return None;
        }
        let row = &self.levels[(height * level) as usize];
        Some(row[usize::try_from(start).ok()?..usize::try_from(end).ok()?].concat())
    }
}
