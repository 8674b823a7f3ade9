//! Which events were seen in the last 48 hours.
//!
//! A key is kept as a 64-bit fingerprint of service and key under a seed of this installation, with the minute in
//! which it came. So a key costs 20 to 40 bytes of memory, and a new event is taken for an old one by chance once
//! in 2^64 / keys: with the eight million that are kept at most, about once in 10^12 events. When there are more,
//! the oldest twelve hours are forgotten first, and the window is shorter for as long as that lasts.
//!
//! The log tells which keys came since the last seal. A seal writes those of its segments behind the keys of their
//! twelve hours, before the segments go.

use std::collections::BTreeMap;
use std::fs::OpenOptions;
use std::io;
use std::path::{Path, PathBuf};

use kernel::{Id as _, ServiceId, Timestamp};
use rustc_hash::FxHashMap;

use crate::disk::{Disk, remove};

/// How long a key counts, minutes.
const WINDOW: i64 = 48 * 60;
/// How many minutes are forgotten at once.
const SLOT: i64 = 12 * 60;
/// Bytes of a key on disk: fingerprint and minute.
const ENTRY: usize = 12;

/// A key on its way to disk.
pub(crate) type Key = (u64, u32);

/// The keys.
#[derive(Debug)]
pub(crate) struct Seen {
    seed: u64,
    slots: BTreeMap<i64, FxHashMap<u64, u32>>,
    kept: usize,
    most: usize,
}

fn minute(at: Timestamp) -> i64 {
    at.as_second().div_euclid(60)
}

/// Mixes three numbers so that each bit of the result depends on all of them (the finalizer of MurmurHash3).
fn mix(mut state: u64, word: u64) -> u64 {
    state ^= word.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    state ^= state >> 33;
    state = state.wrapping_mul(0xff51_afd7_ed55_8ccd);
    state ^= state >> 33;
    state = state.wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    state ^ (state >> 33)
}

impl Seen {
    pub(crate) fn new(seed: u64, most: usize) -> Self {
        Seen { seed, slots: BTreeMap::new(), kept: 0, most }
    }

    /// The fingerprint of a key.
    pub(crate) fn fingerprint(&self, service: ServiceId, key: u128) -> u64 {
        let service = service.to_u128();
        let words = [service as u64, (service >> 64) as u64, key as u64, (key >> 64) as u64];
        words.into_iter().fold(self.seed, mix)
    }

    /// Whether it came within the window; if not, it has come now.
    pub(crate) fn is_new(&mut self, fingerprint: u64, at: Timestamp) -> bool {
        let now = minute(at);
        let since = now - WINDOW;
        let oldest = since.div_euclid(SLOT);
        let seen = self
            .slots
            .range(oldest..)
            .any(|(_, slot)| slot.get(&fingerprint).is_some_and(|seen| i64::from(*seen) >= since));
        if !seen {
            self.put(fingerprint, now);
        }
        !seen
    }

    fn put(&mut self, fingerprint: u64, minute: i64) {
        let slot = self.slots.entry(minute.div_euclid(SLOT)).or_default();
        let stamp = u32::try_from(minute.max(0)).unwrap_or(u32::MAX);
        if slot.insert(fingerprint, stamp).is_none() {
            self.kept += 1;
        }
        while self.kept > self.most && self.slots.len() > 1 {
            if let Some((_, gone)) = self.slots.pop_first() {
                self.kept -= gone.len();
                tracing::warn!(
                    keys = gone.len(),
                    "more than {} event ids within 48 hours: those of the oldest 12 hours are forgotten, and an \
                     event that is sent again after that long counts twice",
                    self.most
                );
            }
        }
    }

    /// A key of the log or of an earlier run.
    pub(crate) fn came(&mut self, key: Key) {
        self.put(key.0, i64::from(key.1));
    }

    /// The key as it is kept.
    pub(crate) fn key(fingerprint: u64, at: Timestamp) -> Key {
        (fingerprint, u32::try_from(minute(at).max(0)).unwrap_or(u32::MAX))
    }

    /// It did not come after all: what it belonged to was not kept.
    pub(crate) fn forget(&mut self, fingerprint: u64, at: Timestamp) {
        if let Some(slot) = self.slots.get_mut(&minute(at).div_euclid(SLOT))
            && slot.remove(&fingerprint).is_some()
        {
            self.kept -= 1;
        }
    }

    /// Forgets what no longer counts.
    pub(crate) fn expire(&mut self, now: Timestamp) {
        let oldest = (minute(now) - WINDOW).div_euclid(SLOT);
        while let Some(first) = self.slots.first_entry().filter(|first| *first.key() < oldest) {
            self.kept -= first.remove().len();
        }
    }

    /// How many are kept.
    #[cfg(test)]
    pub(crate) fn len(&self) -> usize {
        self.kept
    }

    /// Reads what earlier runs kept, as far as it still counts.
    pub(crate) fn load(&mut self, folder: &Path, now: Timestamp) -> io::Result<()> {
        let since = minute(now) - WINDOW;
        for (slot, path) in files(folder)? {
            if slot < since.div_euclid(SLOT) {
                remove(&path)?;
                continue;
            }
            for entry in std::fs::read(&path)?.chunks_exact(ENTRY) {
                let fingerprint = entry[..8].try_into().map(u64::from_le_bytes).unwrap_or_default();
                let minute = entry[8..].try_into().map(u32::from_le_bytes).unwrap_or_default();
                self.put(fingerprint, i64::from(minute));
            }
        }
        Ok(())
    }
}

fn files(folder: &Path) -> io::Result<Vec<(i64, PathBuf)>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        let slot = path.file_stem().and_then(|stem| stem.to_str()?.parse().ok());
        if let Some(slot) = slot.filter(|_| path.extension().is_some_and(|end| end == "keys")) {
            found.push((slot, path));
        }
    }
    found.sort();
    Ok(found)
}

/// Puts keys behind those of their twelve hours, and removes files that no longer count. Doing it twice with the
/// same keys does no harm.
pub(crate) fn save(disk: &Disk, folder: &Path, keys: &[Key], now: Timestamp) -> io::Result<()> {
    let mut by_slot: BTreeMap<i64, Vec<u8>> = BTreeMap::new();
    for (fingerprint, minute) in keys {
        let out = by_slot.entry(i64::from(*minute).div_euclid(SLOT)).or_default();
        out.extend_from_slice(&fingerprint.to_le_bytes());
        out.extend_from_slice(&minute.to_le_bytes());
    }
    for (slot, bytes) in &by_slot {
        let path = folder.join(format!("{slot}.keys"));
        let mut file = OpenOptions::new().create(true).append(true).open(&path)?;
        let length = file.metadata()?.len();
        // What a crash left half written would shift every entry after it.
        file.set_len(length - length % ENTRY as u64)?;
        disk.write(&mut file, bytes)?;
        disk.sync(&file)?;
    }
    let oldest = (minute(now) - WINDOW).div_euclid(SLOT);
    for (slot, path) in files(folder)? {
        if slot < oldest {
            remove(&path)?;
        }
    }
    disk.sync_folder(folder)
}

#[cfg(test)]
mod tests;
