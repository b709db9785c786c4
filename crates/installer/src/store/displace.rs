//! Replacing a program that may be running.

use crate::random::random;
use crate::store::Store;
use std::fs;
use std::path::Path;

impl Store {
    /// Renames the finished file `temporary` to `program`, which may be running: what runs goes on
    /// from the old file. Both lie in the store.
    ///
    /// Windows neither replaces nor deletes a program that runs, but lets it be renamed: there it
    /// goes to `state/displaced`, off PATH, until a later call finds it idle.
    ///
    /// # Errors
    /// What the system says; `program` is the old one then.
    pub fn put_in_place(&self, temporary: &Path, program: &Path) -> std::io::Result<()> {
        let displaced = self.displaced_dir();
        let idle = fs::read_dir(&displaced).into_iter().flatten().flatten();
        // Those that still run stay.
        idle.for_each(|entry| drop(fs::remove_file(entry.path())));
        match fs::rename(temporary, program) {
            Err(error) if cfg!(windows) && error.kind() == std::io::ErrorKind::PermissionDenied => {
            }
            done => return done,
        }
        fs::create_dir_all(&displaced)?;
        let name = program.file_name().unwrap_or_default().to_string_lossy();
        let aside = displaced.join(format!("{name}.{:016x}", random()));
        fs::rename(program, &aside)?;
        fs::rename(temporary, program).inspect_err(|_| {
            // Better the old one than none; the error to report is the first one.
            let _ = fs::rename(&aside, program);
        })
    }
}
