use kernel::SignedDuration;
use kernel::lake::{Lake as _, Table};

use super::{Place, all_events, client, each, event, service, tree};
use crate::Limits;
use crate::keep::{Size, pick};

#[tokio::test]
async fn rows_are_sealed_after_five_minutes_and_the_version_of_their_day_stays() {
    each(async |db, folder| {
        let mut place = Place::open(&db, &folder, Limits::default()).await;
        place.takes(0..50).await.expect("it is kept");
        let before = place.days(Table::Events).await;
        place.passes(SignedDuration::from_mins(4)).await;
        assert_eq!(place.lake.standing().files, 0);
        place.passes(SignedDuration::from_mins(1)).await;
        let standing = place.lake.standing();
        assert_eq!((standing.files, standing.file_rows, standing.open_rows), (1, 50, 0));
        assert_eq!(place.days(Table::Events).await, before);
        assert_eq!(tree(&folder.join("log")).len(), 1, "only the segment that is written to is left");
        place.reopens().await;
        assert_eq!(place.days(Table::Events).await, before);
        assert_eq!(place.numbers().len(), 50);
    })
    .await;
}

#[tokio::test]
async fn the_files_of_a_day_become_one_and_questions_under_way_keep_theirs() {
    each(async |db, folder| {
        let mut place = Place::open(&db, &folder, Limits::default()).await;
        for round in 0..12u64 {
            place.takes(round * 10..round * 10 + 10).await.expect("it is kept");
            place.lake.seal(&place.scope()).await.expect("it seals");
        }
        let before = place.days(Table::Events).await;
        let needs = crate::engine::Needs::everything(client(1), service(1), Table::Events);
        let (_, reading) = place.lake.snapshot(&needs);
        assert_eq!(reading.len(), 12);
        place.passes(SignedDuration::from_hours(13)).await;
        assert_eq!(place.lake.standing().files, 1);
        assert_eq!(place.numbers(), (0..120).map(|number| (number, 1)).collect());
        assert_eq!(place.days(Table::Events).await, before, "compaction changes no version");
        assert!(reading.iter().all(|file| file.local.exists()), "a question still reads them");
        drop(reading);
        assert_eq!(tree(&folder.join("files")).len(), 1);
        // Sorted by unit and time within the file.
        let units: Vec<u64> = all_events(&place.lake).iter().map(kernel::lake::Event::unit).collect();
        assert!(units.is_sorted());
        place.reopens().await;
        assert_eq!(place.numbers().len(), 120);
    })
    .await;
}

#[tokio::test]
async fn days_older_than_is_kept_go_and_late_events_come_in() {
    each(async |db, folder| {
        let place = Place::open(&db, &folder, Limits::default()).await;
        let late = place.now() - SignedDuration::from_hours(24 * 20);
        let rows = (0..5).map(|number| event(number, late)).collect();
        let kept = place.lake.append(&place.scope(), kernel::lake::Rows::Events(rows)).await;
        assert_eq!(kept.expect("20 days late is not too late").kept, 5);
        place.takes(5..10).await.expect("it is kept");
        place.lake.retain(&place.scope(), client(1), service(1), Table::Events, Some(30)).await.expect("set");
        place.passes(SignedDuration::from_hours(24 * 10)).await;
        assert_eq!(place.numbers().len(), 10, "a day is kept whole for as long as is said");
        place.passes(SignedDuration::from_hours(24)).await;
        assert_eq!(place.numbers().into_keys().collect::<Vec<_>>(), (5..10).collect::<Vec<_>>());
        assert_eq!(place.days(Table::Events).await.len(), 1);
        place.lake.retain(&place.scope(), client(1), service(1), Table::Events, None).await.expect("unset");
        place.passes(SignedDuration::from_hours(24 * 400)).await;
        assert_eq!(place.numbers().len(), 5, "for ever");
    })
    .await;
}

#[tokio::test]
async fn files_that_no_manifest_names_go_at_the_start() {
    each(async |db, folder| {
        let mut place = Place::open(&db, &folder, Limits::default()).await;
        place.takes(0..3).await.expect("it is kept");
        place.lake.seal(&place.scope()).await.expect("it seals");
        let stray = folder.join("files/events/stray/2026-03-01");
        std::fs::create_dir_all(&stray).expect("a folder");
        std::fs::write(stray.join("half.parquet"), b"half").expect("a file");
        std::fs::write(folder.join("temporary/part.parquet"), b"part").expect("a file");
        place.reopens().await;
        assert_eq!(tree(&folder.join("files")).len(), 1);
        assert!(tree(&folder.join("temporary")).is_empty());
        assert_eq!(place.numbers().len(), 3);
    })
    .await;
}

#[tokio::test]
async fn a_folder_of_another_database_is_left_alone() {
    each(async |db, folder| {
        let place = Place::open(&db, &folder, Limits::default()).await;
        place.takes(0..3).await.expect("it is kept");
        place.lake.seal(&place.scope()).await.expect("it seals");
        place.lake.close().await;
        let before = tree(&folder);
        let other = store::testing::Folder::new();
        let path = other.path().join("tend.db").display().to_string();
        let stranger = store::Db::open(&store::Options::new(path)).await.expect("SQLite opens");
        stranger.migrate(&place.scope(), &[&crate::SCHEMA]).await.expect("the schema applies");
        drop(place.lake);
        let refused =
            super::opened(&stranger, &folder, &place.limits, &place.clock, &place.dice, &place.faults)
                .await
                .err();
        assert_eq!(refused.map(|problem| problem.code), Some("lake-foreign"));
        assert_eq!(tree(&folder), before);
    })
    .await;
}

#[tokio::test]
async fn a_folder_is_open_once() {
    each(async |db, folder| {
        let place = Place::open(&db, &folder, Limits::default()).await;
        let again =
            super::opened(&db, &folder, &place.limits, &place.clock, &place.dice, &place.faults).await.err();
        assert_eq!(again.map(|problem| problem.code), Some("lake-locked"));
    })
    .await;
}

fn picked(sizes: &str, passed: bool) -> Option<Vec<usize>> {
    let sizes: Vec<Size> = sizes
        .split_whitespace()
        .map(|size| Size {
            bytes: size.parse::<u64>().expect("kilobytes") << 10,
            age: SignedDuration::from_hours(1),
        })
        .collect();
    pick(&sizes, passed, 512 << 20)
}

#[test]
fn what_is_compacted() {
    assert_eq!(picked("10 10 10 10 10 10 10", false), None, "seven small ones of today wait for the eighth");
    assert_eq!(picked("10 10 10 10 10 10 10 10", false).map(|all| all.len()), Some(8));
    assert_eq!(
        picked("90000 10 10 10 10 10 10 10 10", false),
        Some((1..9).collect()),
        "the large one is left"
    );
    assert_eq!(picked("90000 10", true), Some(vec![1, 0]), "a day that has passed becomes one");
    assert_eq!(picked("400000 10", true), None, "a file of nearly the limit is left alone");
    assert_eq!(
        picked("250000 250000 250000", true).map(|all| all.len()),
        Some(2),
        "never more than the limit"
    );
    assert_eq!(picked("10", true), None);
    let fresh = Size { bytes: 10, age: SignedDuration::from_mins(1) };
    assert_eq!(pick(&[fresh, fresh], true, 512 << 20), None, "late events may still be coming");
}

#[tokio::test]
async fn a_backup_beside_a_running_lake_comes_back_whole() {
    each(async |db, folder| {
        let place = Place::open(&db, &folder, Limits::default()).await;
        for round in 0..3u64 {
            place.takes(round * 10..round * 10 + 10).await.expect("it is kept");
            place.lake.seal(&place.scope()).await.expect("it seals");
        }
        place.takes(30..40).await.expect("it is kept");
        let file = folder.with_extension("backup");
        let counted = crate::backup::backup(&db, &place.scope(), &folder, &file).await.expect("it is copied");
        assert!(counted.files >= 5, "three files, the log and the node: {counted:?}");
        // It goes on: what comes later is not in the backup, and nothing is left of the copying.
        place.takes(40..50).await.expect("it is kept");
        place.lake.seal(&place.scope()).await.expect("nothing holds it any more");
        assert!(!super::tree(&folder).iter().any(|name| name.starts_with("backup-")));
        let other = store::testing::Folder::new();
        let path = other.path().join("tend.db").display().to_string();
        let again = store::Db::open(&store::Options::new(path)).await.expect("SQLite opens");
        again.migrate(&place.scope(), &[&crate::SCHEMA]).await.expect("the schema applies");
        let into = other.path().join("lake");
        let back = crate::backup::restore(&again, &place.scope(), &into, &file, &[&crate::SCHEMA]).await;
        assert_eq!(back.expect("it comes back").files, counted.files);
        let found =
            crate::doctor::examine(&into, &again, &place.scope(), None).await.expect("it is examined");
        assert!(found.iter().all(|one| one.well), "{found:?}");
        let restored = Place::open(&again, &into, Limits::default()).await;
        assert_eq!(restored.numbers(), (0..40).map(|number| (number, 1)).collect());
        let twice = crate::backup::restore(&again, &place.scope(), &into, &file, &[&crate::SCHEMA]).await;
        assert!(twice.is_err(), "never over what is there");
    })
    .await;
}

#[tokio::test]
async fn while_a_backup_looks_nothing_changes_and_a_dead_one_holds_nothing_for_long() {
    each(async |db, folder| {
        let place = Place::open(&db, &folder, Limits::default()).await;
        place.takes(0..10).await.expect("it is kept");
        let span = SignedDuration::from_mins(2);
        db.lease(&place.scope(), "a backup", crate::manifest::HOLD, span).await.expect("it is held");
        let refused = place.lake.seal(&place.scope()).await.expect_err("not now");
        assert_eq!(refused.code, "lake-held");
        assert_eq!(place.numbers().len(), 10, "questions and rows go on");
        place.takes(10..20).await.expect("it is kept");
        place.clock.moves(SignedDuration::from_mins(3));
        place.lake.seal(&place.scope()).await.expect("it seals, both");
        assert_eq!(place.lake.standing().open_rows, 0);
        assert_eq!(place.numbers(), (0..20).map(|number| (number, 1)).collect());
        assert_eq!(super::tree(&folder.join("files")).len(), 2, "what was written before is used");
    })
    .await;
}

#[tokio::test]
async fn the_doctor_finds_what_is_missing_and_what_was_changed() {
    each(async |db, folder| {
        let place = Place::open(&db, &folder, Limits::default()).await;
        for round in 0..2u64 {
            place.takes(round * 10..round * 10 + 10).await.expect("it is kept");
            place.lake.seal(&place.scope()).await.expect("it seals");
        }
        let unwell = async || {
            let found = crate::doctor::examine(&folder, &db, &place.scope(), None).await;
            let found = found.expect("it is examined");
            found.into_iter().filter(|one| !one.well).map(|one| one.said).collect::<Vec<_>>().join("; ")
        };
        assert_eq!(unwell().await, "");
        let names = super::tree(&folder.join("files"));
        let path = folder.join("files").join(&names[0]);
        let mut bytes = std::fs::read(&path).expect("it reads");
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        std::fs::write(&path, &bytes).expect("it is changed");
        assert!(unwell().await.contains("changed since they were written"));
        std::fs::remove_file(&path).expect("it goes");
        assert!(unwell().await.contains("missing"));
    })
    .await;
}
