//! Files in an object store, against a real S3 server over HTTP: `moto`, which the gate installs and names in
//! `TEND_TEST_S3`.
//!
//! What the stand-in does not show: it keeps everything in memory and answers at once, checks no signature, knows no
//! throttling (`503 SlowDown`), never loses a part of an upload, and is consistent at every moment (so is S3 since
//! December 2020). It does show the protocol: addresses, headers, whole and multipart uploads, reading, deleting
//! and listing as the client library does them.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use futures::TryStreamExt as _;
use kernel::SignedDuration;
use kernel::lake::{Erase, Lake as _, Rows, Unit};
use store::testing::{SeededDice, TestClock};

use super::{Place, all_events, client, each, event, service, tree};
use crate::remote::{Remote, Settings};
use crate::{Faults, Lake, Limits, Options};

/// How many runs there were.
static RUNS: AtomicU64 = AtomicU64::new(0);

/// Makes a bucket. The client library does not, because nobody should by accident.
async fn bucket(endpoint: &str, name: &str) {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let host = endpoint.trim_start_matches("http://");
    let mut socket = tokio::net::TcpStream::connect(host).await.expect("the server answers");
    let ask =
        format!("PUT /{name} HTTP/1.1\r\nhost: {host}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
    socket.write_all(ask.as_bytes()).await.expect("it is asked");
    let mut said = String::new();
    socket.read_to_string(&mut said).await.expect("it answers");
    assert!(said.starts_with("HTTP/1.1 200"), "{said}");
}

async fn names(settings: &Settings) -> Vec<String> {
    let remote = Remote::open(settings).expect("the store opens");
    let found: Vec<_> = remote.names().try_collect().await.expect("it lists");
    found.into_iter().map(|object| object.location.to_string()).collect()
}

#[tokio::test]
async fn files_go_to_the_object_store_and_come_back_when_they_are_asked_for() {
    let Some(endpoint) = std::env::var("TEND_TEST_S3").ok().filter(|url| !url.is_empty()) else {
        println!("skipped: TEND_TEST_S3 names no S3 server; `cargo xtask test` starts one");
        return;
    };
    each(async |db, folder| {
        let mut random = [0u8; 8];
        let clock = Arc::new(TestClock::at(super::NOON));
        // Each run has a bucket of its own, on either database.
        let run = RUNS.fetch_add(1, Ordering::Relaxed);
        let dice = Arc::new(SeededDice::new(u64::from(std::process::id()) << 8 | run));
        kernel::Dice::fill(&*dice, &mut random);
        let name = format!("tend-{}", crate::files::hex(&random));
        bucket(&endpoint, &name).await;
        let settings = Settings {
            url: format!("s3://{name}/events of ours"),
            endpoint: Some(endpoint.clone()),
            region: Some("eu-central-1".into()),
            key: Some("test".into()),
            secret: Some("test".into()),
        };
        let limits = Limits { cache_bytes: 0, ..Limits::default() };
        let faults = Faults::none();
        let open = async || {
            let options = Options {
                object_store: Some(settings.clone()),
                limits: limits.clone(),
                faults: Some(Arc::clone(&faults)),
                ..Options::new(&folder)
            };
            Lake::open(options, db.clone(), clock.clone(), dice.clone()).await.expect("the lake opens")
        };
        let mut place = Place {
            lake: open().await,
            db: db.clone(),
            clock: clock.clone(),
            dice: dice.clone(),
            faults: Arc::clone(&faults),
            folder: folder.clone(),
            limits: limits.clone(),
        };
        for round in 0..3u64 {
            // Large enough that the second goes up in parts.
            let rows = (0..if round == 1 { 20_000 } else { 100 }).map(|number| {
                let mut one = event(round * 100_000 + number, place.now());
                one.props = vec![("noise".into(), crate::files::hex(&kernel_noise(&*dice)))];
                one
            });
            place.lake.append(&place.scope(), Rows::Events(rows.collect())).await.expect("it is kept");
            place.lake.seal(&place.scope()).await.expect("it seals");
        }
        place.lake.tend(&place.scope()).await.expect("it uploads");
        let held = names(&settings).await;
        // The large round may be sealed in two, when it fills the buffer on the way.
        assert_eq!(held.len() as u64, place.lake.standing().files, "{held:?}");
        assert!(held.len() >= 3, "{held:?}");
        assert!(held.iter().all(|name| name.starts_with("events of ours/events/svc_")), "{held:?}");
        assert!(tree(&folder.join("files")).is_empty(), "the cache holds nothing, as was said");
        // Asked for, and after a restart.
        assert_eq!(counted(&place).await, 20_200);
        place.lake.close().await;
        place.lake = open().await;
        place.lake.tend(&place.scope()).await.expect("it keeps house");
        assert_eq!(counted(&place).await, 20_200);
        // Compaction replaces objects.
        place.passes(SignedDuration::from_hours(14)).await;
        place.passes(SignedDuration::from_secs(20)).await;
        let held = names(&settings).await;
        assert_eq!(held.len(), 1, "{held:?}");
        assert_eq!(counted(&place).await, 20_200);
        // Erasure destroys the object too, before it answers.
        let whose = Erase { client: client(1), service: service(1), unit: Unit::Visitor, number: 3 };
        let erased = place.lake.erase(&place.scope(), whose).await.expect("it is erased");
        assert!(erased.rows > 2_000);
        assert!(!names(&settings).await.contains(&held[0]), "the old object is gone");
        assert_eq!(all_events(&place.lake).iter().filter(|event| event.visitor == 3).count(), 0);
        place.lake.tend(&place.scope()).await.expect("it uploads");
        let found = crate::doctor::examine(&folder, &db, &place.scope(), Some(&settings)).await;
        assert!(found.expect("it is examined").iter().all(|one| one.well));
    })
    .await;
}

fn kernel_noise(dice: &dyn kernel::Dice) -> [u8; 512] {
    let mut noise = [0u8; 512];
    dice.fill(&mut noise);
    noise
}

/// How many events a question sees; files are fetched for it.
async fn counted(place: &Place) -> u64 {
    super::model::counted(place).await
}
