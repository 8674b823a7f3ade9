use super::*;

fn at(minutes: i64) -> Timestamp {
    Timestamp::from_second(minutes * 60).expect("a time")
}

#[test]
fn a_key_counts_for_48_hours_and_what_was_not_kept_did_not_come() {
    let mut seen = Seen::new(7, 1_000);
    assert!(seen.is_new(1, at(100)));
    assert!(!seen.is_new(1, at(100)));
    assert!(!seen.is_new(1, at(100 + WINDOW)));
    assert!(seen.is_new(1, at(101 + WINDOW)));
    assert!(seen.is_new(2, at(100)));
    seen.forget(2, at(100));
    assert!(seen.is_new(2, at(100)));
    seen.expire(at(100 + 3 * WINDOW));
    assert_eq!(seen.len(), 0);
}

#[test]
fn never_more_keys_than_the_limit_and_a_slot() {
    let mut seen = Seen::new(7, 100);
    for key in 0..1_000u64 {
        seen.is_new(key, at(key as i64 * 10));
    }
    // 72 of these come within twelve hours, which are forgotten at once.
    assert!(seen.len() <= 100, "{}", seen.len());
    assert!(!seen.is_new(999, at(9_990)), "the newest are there");
}

#[test]
fn keys_come_back_from_disk_and_a_torn_one_shifts_none() {
    let folder = tempfile::tempdir().expect("a folder");
    let disk = Disk::default();
    let key = |number: u64| Seen::key(number, at(1_000));
    save(&disk, folder.path(), &[key(1), key(2)], at(1_000)).expect("it is saved");
    let path = files(folder.path()).expect("it reads")[0].1.clone();
    let mut bytes = std::fs::read(&path).expect("it reads");
    bytes.extend([1, 2, 3]);
    std::fs::write(&path, bytes).expect("it is written");
    save(&disk, folder.path(), &[key(3)], at(1_000)).expect("it is saved");
    let mut seen = Seen::new(7, 100);
    seen.load(folder.path(), at(1_100)).expect("it loads");
    assert_eq!(seen.len(), 3);
    for number in [1, 2, 3] {
        assert!(!seen.is_new(number, at(1_100)));
    }
    let mut later = Seen::new(7, 100);
    later.load(folder.path(), at(1_000 + 2 * WINDOW)).expect("it loads");
    assert_eq!(later.len(), 0);
    assert!(files(folder.path()).expect("it reads").is_empty(), "what no longer counts is removed");
}
