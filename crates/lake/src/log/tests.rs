use super::*;
use crate::tests::{NOON, event};

fn rows(numbers: std::ops::Range<u64>) -> Rows {
    let now: Timestamp = NOON.parse().expect("a time");
    Rows::Events(numbers.map(|number| event(number, now)).collect())
}

fn now() -> Timestamp {
    NOON.parse().expect("a time")
}

fn read_all(folder: &Path, low: u64) -> (Vec<Rows>, Read) {
    let mut found = Vec::new();
    let read = read(folder, low, &mut |_, rows, _| found.push(rows)).expect("it reads");
    (found, read)
}

#[test]
fn a_log_that_is_cut_at_any_byte_keeps_every_whole_record() {
    let folder = tempfile::tempdir().expect("a folder");
    let disk = Disk(Some(crate::Faults::none()));
    let mut segment = Segment::begin(folder.path(), 1, 0, &disk).expect("it begins");
    let frames: Vec<Vec<u8>> = (0..3).map(|at| frame(&rows(at * 2..at * 2 + 2), now())).collect();
    let mut ends = vec![HEADER];
    for frame in &frames {
        segment.append(&[frame]).expect("it is written");
        ends.push(ends.last().expect("one") + frame.len());
    }
    let path = path_of(folder.path(), 1);
    let whole = std::fs::read(&path).expect("it reads");
    assert_eq!(Some(&whole.len()), ends.last());
    for cut in 0..=whole.len() {
        std::fs::write(&path, &whole[..cut]).expect("it is cut");
        let (found, read) = read_all(folder.path(), 0);
        let kept = ends.iter().filter(|end| **end <= cut).count().saturating_sub(1);
        assert_eq!(found.len(), kept, "cut at {cut}");
        let good = if cut < HEADER { 0 } else { ends[kept] };
        assert_eq!(read.torn as usize, cut - good, "cut at {cut}");
        // The next segment goes on behind it, whatever is left of the torn one.
        let number = numbers(folder.path()).expect("it reads").last().map_or(1, |last| last + 1);
        let mut next = Segment::begin(folder.path(), number, read.good, &disk).expect("it begins");
        next.append(&[&frames[0]]).expect("it is written");
        let (found, read) = read_all(folder.path(), 0);
        assert_eq!(found.len(), kept + 1, "cut at {cut}");
        assert!(read.damaged.is_empty(), "cut at {cut}: {read:?}");
        remove(&path_of(folder.path(), number)).expect("it goes");
    }
}

#[test]
fn damage_before_the_end_of_a_closed_segment_is_said() {
    let folder = tempfile::tempdir().expect("a folder");
    let disk = Disk(Some(crate::Faults::none()));
    let mut segment = Segment::begin(folder.path(), 1, 0, &disk).expect("it begins");
    let first = frame(&rows(0..2), now());
    segment.append(&[&first, &frame(&rows(2..4), now())]).expect("it is written");
    segment.next().expect("the next begins");
    segment.append(&[&frame(&rows(4..6), now())]).expect("it is written");
    let path = path_of(folder.path(), 1);
    let mut bytes = std::fs::read(&path).expect("it reads");
    let at = HEADER + first.len() + FRAME + 20;
    bytes[at] ^= 1;
    std::fs::write(&path, bytes).expect("it is changed");
    let (found, read) = read_all(folder.path(), 0);
    assert_eq!(found.len(), 2);
    assert_eq!(read.damaged, [(1, (HEADER + first.len()) as u64)]);
    let (found, read) = read_all(folder.path(), 2);
    assert_eq!((found.len(), read.damaged.len()), (1, 0), "what is sealed is not looked at");
}

#[test]
fn zeros_behind_the_end_are_a_torn_tail() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut segment =
        Segment::begin(folder.path(), 1, 0, &Disk(Some(crate::Faults::none()))).expect("it begins");
    segment.append(&[&frame(&rows(0..2), now())]).expect("it is written");
    let path = path_of(folder.path(), 1);
    let mut bytes = std::fs::read(&path).expect("it reads");
    bytes.extend([0; 4096]);
    std::fs::write(&path, bytes).expect("it is longer");
    let (found, read) = read_all(folder.path(), 0);
    assert_eq!((found.len(), read.torn), (1, 4096));
}
