//! The file system, with a place where a test can make it fail.

use std::fs::File;
use std::io::{self, Write};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};

/// A disk that is full, or that fails to sync, for tests.
#[derive(Debug)]
pub struct Faults {
    left: AtomicI64,
    sync_fails: AtomicBool,
    /// Whether syncing reaches the disk. What a killed process wrote is kept by the system all the same.
    syncs: bool,
}

impl Faults {
    /// A disk that takes whatever comes. It does not sync: tests cut no power, and write many small files.
    #[must_use]
    pub fn none() -> Arc<Self> {
        Arc::new(Faults { left: AtomicI64::new(i64::MAX), sync_fails: AtomicBool::new(false), syncs: false })
    }

    /// From now on the disk takes so many bytes more.
    pub fn disk_holds(&self, bytes: i64) {
        self.left.store(bytes, Ordering::SeqCst);
    }

    /// From now on syncing fails, or works again.
    pub fn sync_fails(&self, fails: bool) {
        self.sync_fails.store(fails, Ordering::SeqCst);
    }
}

/// The way to the disk.
#[derive(Debug, Clone, Default)]
pub(crate) struct Disk(pub(crate) Option<Arc<Faults>>);

impl Disk {
    /// Writes all of it, or as much as the disk takes and says that it is full.
    pub(crate) fn write(&self, file: &mut File, bytes: &[u8]) -> io::Result<()> {
        if let Some(faults) = &self.0 {
            let left = faults.left.load(Ordering::SeqCst);
            let wanted = i64::try_from(bytes.len()).unwrap_or(i64::MAX);
            if left < wanted {
                // A real disk takes what fits and refuses the rest.
                let fits = usize::try_from(left.max(0)).unwrap_or(0);
                file.write_all(&bytes[..fits])?;
                faults.left.store(0, Ordering::SeqCst);
                return Err(io::ErrorKind::StorageFull.into());
            }
            faults.left.fetch_sub(wanted, Ordering::SeqCst);
        }
        file.write_all(bytes)
    }

    /// Everything written so far is on disk.
    pub(crate) fn sync(&self, file: &File) -> io::Result<()> {
        if self.0.as_ref().is_some_and(|faults| faults.sync_fails.load(Ordering::SeqCst)) {
            return Err(io::Error::other("syncing fails, as the test wants"));
        }
        if self.0.as_ref().is_some_and(|faults| !faults.syncs) {
            return Ok(());
        }
        file.sync_data()
    }

    /// Names in a folder are on disk.
    pub(crate) fn sync_folder(&self, folder: &Path) -> io::Result<()> {
        if self.0.as_ref().is_some_and(|faults| !faults.syncs) {
            return Ok(());
        }
        File::open(folder)?.sync_all()
    }
}

/// Removes a file; one that is not there is fine.
pub(crate) fn remove(path: &Path) -> io::Result<()> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other,
    }
}

/// Writes a small file so that it is there whole or not at all.
pub(crate) fn write_whole(disk: &Disk, path: &Path, bytes: &[u8]) -> io::Result<()> {
    let part = path.with_extension("part");
    let mut file = File::create(&part)?;
    disk.write(&mut file, bytes)?;
    disk.sync(&file)?;
    std::fs::rename(&part, path)?;
    path.parent().map_or(Ok(()), |folder| disk.sync_folder(folder))
}
