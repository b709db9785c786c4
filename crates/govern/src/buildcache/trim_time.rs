//! `trim.txt`, by which Go knows when old entries were removed last. Go does it itself a day later, and
//! takes away what was not used for five days.

use super::error::Error;
use super::stays::{Stays, Why};
use super::{LAG, Patience, Seconds, Work};
use crate::directory::{Access, Directory, is_link, is_own, me};
use crate::lock;
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt as _;
use std::time::Duration;

const NAME: &str = "trim.txt";
/// A number of seconds has fewer bytes.
const LONGEST: u64 = 32;
/// Go holds its lock for the time of a write.
const PATIENCE: Duration = Duration::from_secs(60);

/// Go removes what has an earlier time (`trimLimit`, and the lag of its times).
pub(super) fn limit_of_go(now: Seconds) -> Seconds {
    now.saturating_sub(5 * 24 * 60 * 60).saturating_sub(LAG)
}

/// The time in the file, and that of the last change of the file itself; `None` if there is no such file, or it does not
/// say a time.
pub(super) fn said(cache: &Directory) -> Option<(Seconds, Seconds)> {
    use std::io::Read as _;
    use std::os::unix::fs::MetadataExt as _;
    let file = cache.file(NAME, Access::Read).ok()?;
    let found = file.metadata().ok().filter(std::fs::Metadata::is_file)?;
    let mut text = String::new();
    file.take(LONGEST).read_to_string(&mut text).ok()?;
    Some((text.trim().parse().ok()?, found.ctime()))
}

/// Holds Go's own lock of the cache until the file is dropped, so that neither trims meanwhile. `None` where
/// there is no such file, and so no trim to wait for, or none that is the caller's.
pub(super) fn hold(cache: &Directory, work: &Work<'_>) -> Result<Option<File>, Error> {
    let Ok(file) = cache.file(NAME, Access::Write) else { return Ok(None) };
    let path = cache.path.join(NAME);
    if !is_own(&file).is_ok_and(|is_own| is_own) {
        return Ok(None);
    }
    match lock::wait(&file, &path, &work.patience) {
        Ok(true) => Ok(Some(file)),
        Ok(false) => Err(Error::Busy(path, work.patience.most)),
        Err(error) => Err(Error::Io("lock", path, error)),
    }
}

/// Tells Go that old entries were removed now, under Go's own lock.
pub(super) fn put(cache: &Directory, work: &Work<'_>, stays: &mut Stays) -> Result<(), Error> {
    let path = cache.path.join(NAME);
    let file = match cache.file(NAME, Access::Create) {
        Ok(file) => file,
        Err(error) if is_link(&error) => {
            stays.push(path, Why::Link);
            return Ok(());
        }
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
            stays.push(path, Why::Refused(error));
            return Ok(());
        }
        Err(error) => return Err(Error::Io("write", path, error)),
    };
    let cannot = |action| {
        let path = path.clone();
        move |error| Error::Io(action, path, error)
    };
    if !is_own(&file).map_err(cannot("read"))? {
        let found = cache.look(NAME).map_err(cannot("read"))?;
        let is_ours = found.owner == me();
        stays.push(path, if is_ours { Why::Names } else { Why::Owner(found.owner) });
        return Ok(());
    }
    let patience = Patience { most: PATIENCE.min(work.patience.most), ..work.patience };
    if !lock::wait(&file, &path, &patience).map_err(cannot("lock"))? {
        return Err(Error::Busy(path, patience.most));
    }
    // In this order a text of the same length takes no room on a full disk, and a kill in between leaves
    // one that Go does not understand: it removes old entries then.
    let text = work.now.to_string();
    file.write_all_at(text.as_bytes(), 0).map_err(cannot("write"))?;
    file.set_len(text.len() as u64).map_err(cannot("write"))
}
