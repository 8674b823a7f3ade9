use kernel::lake::{Erase, Lake as _, Table, Unit};

use super::{Place, all_events, client, each, service};
use crate::{Limits, files};

#[tokio::test]
async fn an_erased_unit_is_in_no_file_and_no_log_and_the_evidence_is_kept() {
    each(async |db, folder| {
        let place = Place::open(&db, &folder, Limits::default()).await;
        place.takes(0..70).await.expect("it is kept");
        place.lake.seal(&place.scope()).await.expect("it seals");
        place.takes(70..140).await.expect("it is kept");
        let before = place.days(Table::Events).await;
        let (_, old) =
            place.lake.snapshot(&crate::engine::Needs::everything(client(1), service(1), Table::Events));
        let hash = files::sha256_of(&old[0].local).expect("it reads");
        let path = old[0].local.clone();
        drop(old);
        let theirs = all_events(&place.lake).iter().filter(|event| event.visitor == 3).count() as u64;
        assert_eq!(theirs, 20);
        let whose = Erase { client: client(1), service: service(1), unit: Unit::Visitor, number: 3 };
        let erased = place.lake.erase(&place.scope(), whose.clone()).await.expect("it is erased");
        assert_eq!((erased.rows, erased.files_rewritten), (20, 1));
        assert!(erased.destroyed.contains(&hash), "{erased:?}");
        assert!(!path.exists());
        assert_eq!(all_events(&place.lake).iter().filter(|event| event.visitor == 3).count(), 0);
        assert_eq!(place.numbers().len(), 120);
        let after = place.days(Table::Events).await;
        assert_eq!(after[0].rows, 120);
        assert_eq!(after[0].version, before[0].version + 20, "the version says that something changed");
        // Neither the log nor a file holds a trace of its rows.
        for (number, _) in
            (0..140u64).map(|number| (number, number % 7 + 1)).filter(|(_, visitor)| *visitor == 3)
        {
            let trace = format!("\u{1}n\u{2}{number}");
            for name in super::tree(&folder.join("log")) {
                let bytes = std::fs::read(folder.join("log").join(name)).expect("it reads");
                assert!(!bytes.windows(trace.len()).any(|window| window == trace.as_bytes()));
            }
        }
        let text = "select rows, destroyed, done_at from lake_erasures where {wall}";
        let noted = db
            .one(&place.scope(), text, store::args![], |row| {
                Ok((row.get::<u64>(0)?, row.get::<String>(1)?, row.get::<Option<i64>>(2)?))
            })
            .await
            .expect("it reads")
            .expect("it is noted");
        assert_eq!(noted.0, 20);
        assert!(noted.1.contains(&hash) && noted.2.is_some());
        let again = place.lake.erase(&place.scope(), whose).await.expect("it is erased");
        assert_eq!((again.rows, again.files_rewritten), (0, 0));
        let nobody = Erase { client: client(1), service: service(1), unit: Unit::User, number: 0 };
        assert!(place.lake.erase(&place.scope(), nobody).await.is_err(), "0 is everybody unknown");
    })
    .await;
}

#[tokio::test]
async fn a_file_of_nobody_else_goes_whole() {
    each(async |db, folder| {
        let place = Place::open(&db, &folder, Limits::default()).await;
        place.takes([2, 9, 16]).await.expect("it is kept");
        place.lake.seal(&place.scope()).await.expect("it seals");
        let whose = Erase { client: client(1), service: service(1), unit: Unit::Visitor, number: 3 };
        let erased = place.lake.erase(&place.scope(), whose).await.expect("it is erased");
        assert_eq!((erased.rows, erased.files_rewritten), (3, 1));
        assert!(super::tree(&folder.join("files")).is_empty());
        let days = place.days(Table::Events).await;
        assert_eq!((days[0].rows, days[0].version), (0, 6));
    })
    .await;
}
