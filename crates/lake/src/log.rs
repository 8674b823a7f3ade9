//! The log: what is acknowledged and not in a file yet.
//!
//! A segment is a header and frames: length, crc, record. The header says how far the segment before it was good
//! when this one began, so that what a failing disk left behind there (written, never acknowledged) is not read
//! back. The last segment ends where its first frame does not read: a torn tail is cut when the log is opened.
//! A damaged frame before that end is the disk's fault and is said loudly.

use std::fs::{File, OpenOptions};
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};

use kernel::Timestamp;
use kernel::lake::Rows;

use crate::codec;
use crate::disk::{Disk, remove};

/// How a segment begins: what it is, and the version of its frames.
const MAGIC: &[u8; 8] = b"tendlog1";
/// Magic, its own number, how far the one before was good, crc of these.
const HEADER: usize = 8 + 8 + 8 + 4;
/// Length and crc of a frame.
pub(crate) const FRAME: usize = 8;
/// The longest record that is read back: far above the largest append.
pub(crate) const MAX_RECORD: usize = 256 * 1024 * 1024;

/// The segment that is written to.
#[derive(Debug)]
pub(crate) struct Segment {
    pub(crate) number: u64,
    file: File,
    /// Bytes that are synced.
    pub(crate) good: u64,
    folder: PathBuf,
    disk: Disk,
    /// Whether something failed and the end of the file is not known.
    broken: bool,
}

fn name(folder: &Path, number: u64) -> PathBuf {
    folder.join(format!("{number:012}.log"))
}

/// Begins a frame in a buffer; [`end_frame`] fills in its head.
pub(crate) fn begin_frame(out: &mut Vec<u8>) -> usize {
    let at = out.len();
    out.extend_from_slice(&[0; FRAME]);
    at
}

/// Fills in length and crc of the frame that begins at `at`.
pub(crate) fn end_frame(out: &mut [u8], at: usize) {
    let body = at + FRAME;
    let length = u32::try_from(out.len() - body).unwrap_or(u32::MAX);
    let mut crc = crc32fast::Hasher::new();
    crc.update(&length.to_le_bytes());
    crc.update(&out[body..]);
    let crc = crc.finalize();
    out[at..at + 4].copy_from_slice(&length.to_le_bytes());
    out[at + 4..body].copy_from_slice(&crc.to_le_bytes());
}

/// One append as a frame.
pub(crate) fn frame(rows: &Rows, at: Timestamp) -> Vec<u8> {
    let mut out = Vec::with_capacity(64 + rows.len() * 160);
    let begin = begin_frame(&mut out);
    codec::put(rows, at, &mut out);
    end_frame(&mut out, begin);
    out
}

impl Segment {
    /// Begins a segment. `before` is how far the one before it is good.
    pub(crate) fn begin(folder: &Path, number: u64, before: u64, disk: &Disk) -> io::Result<Segment> {
        let path = name(folder, number);
        let mut header = Vec::with_capacity(HEADER);
        header.extend_from_slice(MAGIC);
        header.extend_from_slice(&number.to_le_bytes());
        header.extend_from_slice(&before.to_le_bytes());
        let crc = crc32fast::hash(&header);
        header.extend_from_slice(&crc.to_le_bytes());
        let made = (|| {
            let mut file = OpenOptions::new().write(true).create(true).truncate(true).open(&path)?;
            disk.write(&mut file, &header)?;
            disk.sync(&file)?;
            disk.sync_folder(folder)?;
            Ok(file)
        })();
        match made {
            Ok(file) => Ok(Segment {
                number,
                file,
                good: HEADER as u64,
                folder: folder.to_owned(),
                disk: disk.clone(),
                broken: false,
            }),
            Err(error) => {
                // Half a header would be taken for a damaged segment.
                let _ = remove(&path);
                Err(error)
            }
        }
    }

    /// Writes frames and syncs them. After an error nothing of them counts, and the next call goes on in a
    /// new segment: after a failed sync nobody knows what of the file is on disk.
    pub(crate) fn append(&mut self, frames: &[&[u8]]) -> io::Result<()> {
        if self.broken {
            *self = Segment::begin(&self.folder, self.number + 1, self.good, &self.disk)?;
        }
        let mut all: Vec<u8> = Vec::new();
        let bytes: &[u8] = if let [one] = frames {
            one
        } else {
            all.reserve_exact(frames.iter().map(|frame| frame.len()).sum());
            for frame in frames {
                all.extend_from_slice(frame);
            }
            &all
        };
        let written = self.disk.write(&mut self.file, bytes).and_then(|()| self.disk.sync(&self.file));
        match written {
            Ok(()) => {
                self.good += bytes.len() as u64;
                Ok(())
            }
            Err(error) => {
                // Back to what is good; where even that fails, the next segment's header says it.
                let cut = self.file.set_len(self.good).and_then(|()| {
                    self.file.seek(SeekFrom::Start(self.good))?;
                    self.disk.sync(&self.file)
                });
                self.broken = cut.is_err();
                Err(error)
            }
        }
    }

    /// Ends this segment and begins the next one.
    pub(crate) fn next(&mut self) -> io::Result<()> {
        *self = Segment::begin(&self.folder, self.number + 1, self.good, &self.disk)?;
        Ok(())
    }
}

/// The numbers of the segments in a folder, ascending.
pub(crate) fn numbers(folder: &Path) -> io::Result<Vec<u64>> {
    let mut numbers = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        let is_log = path.extension().is_some_and(|end| end == "log");
        if let Some(number) = path.file_stem().and_then(|stem| stem.to_str()?.parse().ok()).filter(|_| is_log)
        {
            numbers.push(number);
        }
    }
    numbers.sort_unstable();
    Ok(numbers)
}

/// Removes the segments below a number.
pub(crate) fn drop_below(folder: &Path, low: u64) -> io::Result<()> {
    for number in numbers(folder)?.into_iter().filter(|number| *number < low) {
        remove(&name(folder, number))?;
    }
    Ok(())
}

/// The path of a segment.
pub(crate) fn path_of(folder: &Path, number: u64) -> PathBuf {
    name(folder, number)
}

/// What was read back.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Read {
    /// The number of the last segment, if there is one.
    pub(crate) last: Option<u64>,
    /// How far it is good.
    pub(crate) good: u64,
    /// Records.
    pub(crate) records: u64,
    /// Bytes after the last good frame of the last segment: a torn tail.
    pub(crate) torn: u64,
    /// Segments with damage before their end, and where.
    pub(crate) damaged: Vec<(u64, u64)>,
}

fn header(file: &mut File) -> io::Result<Option<(u64, u64)>> {
    let mut bytes = [0u8; HEADER];
    if let Err(error) = file.read_exact(&mut bytes) {
        return if error.kind() == io::ErrorKind::UnexpectedEof { Ok(None) } else { Err(error) };
    }
    let number = |at: usize| bytes[at..at + 8].try_into().map(u64::from_le_bytes).unwrap_or_default();
    let crc = bytes[HEADER - 4..].try_into().map(u32::from_le_bytes).unwrap_or_default();
    let whole = &bytes[..8] == MAGIC && crc == crc32fast::hash(&bytes[..HEADER - 4]);
    Ok(whole.then(|| (number(8), number(16))))
}

/// Reads one segment up to `end`; returns how far it is good.
fn read_segment(
    path: &Path,
    end: Option<u64>,
    each: &mut dyn FnMut(Timestamp, Rows, u64),
    records: &mut u64,
) -> io::Result<u64> {
    let mut file = File::open(path)?;
    if header(&mut file)?.is_none() {
        return Ok(0);
    }
    let length = file.metadata()?.len().min(end.unwrap_or(u64::MAX));
    let mut reader = io::BufReader::with_capacity(1 << 20, file);
    let mut good = HEADER as u64;
    let mut body = Vec::new();
    while length - good >= FRAME as u64 {
        let mut head = [0u8; FRAME];
        reader.read_exact(&mut head)?;
        let size = u32::from_le_bytes([head[0], head[1], head[2], head[3]]);
        let crc = u32::from_le_bytes([head[4], head[5], head[6], head[7]]);
        let fits = u64::from(size) <= length - good - FRAME as u64 && size as usize <= MAX_RECORD;
        if size == 0 || !fits {
            break;
        }
        body.resize(size as usize, 0);
        reader.read_exact(&mut body)?;
        let mut sum = crc32fast::Hasher::new();
        sum.update(&head[..4]);
        sum.update(&body);
        if sum.finalize() != crc {
            break;
        }
        let Ok((at, rows)) = codec::take(&body) else { break };
        let bytes = FRAME as u64 + u64::from(size);
        each(at, rows, bytes);
        *records += 1;
        good += bytes;
    }
    Ok(good)
}

/// Reads every segment from `low` on, in order. Changes nothing.
pub(crate) fn read(folder: &Path, low: u64, each: &mut dyn FnMut(Timestamp, Rows, u64)) -> io::Result<Read> {
    let mut all: Vec<u64> = numbers(folder)?.into_iter().filter(|number| *number >= low).collect();
    let mut read = Read::default();
    // A segment whose header does not read holds nothing: its header is synced before its first frame.
    if let Some(last) = all.last().copied() {
        let mut file = File::open(name(folder, last))?;
        if header(&mut file)?.is_none() {
            read.torn += file.metadata()?.len();
            all.pop();
        }
    }
    for (at, number) in all.iter().enumerate() {
        let end = match all.get(at + 1) {
            Some(next) => header(&mut File::open(name(folder, *next))?)?.map(|(_, before)| before),
            None => None,
        };
        let path = name(folder, *number);
        let good = read_segment(&path, end, each, &mut read.records)?;
        if at + 1 == all.len() {
            read.torn += std::fs::metadata(&path)?.len().saturating_sub(good);
            read.last = Some(*number);
            read.good = good;
        } else if end.is_some_and(|end| good < end) {
            read.damaged.push((*number, good));
        }
    }
    Ok(read)
}

#[cfg(test)]
mod tests;
