use std::sync::Arc;

use kernel::{
    About, Actor, ClientId, Fact, Grant, Id, IncidentId, Kind, Paging, Role, Scope, ServiceId, SignedDuration,
};

use crate::testing::{Folder, Fuse, SeededDice, TestClock, each_db, scope_at, upgrades};
use crate::{Db, Options, Schema, Step, Table};

const THINGS: Schema = Schema {
    feature: "things",
    steps: &[
        Step::new(
            "0001_things",
            "create table things (id text primary key, client_id text not null, service_id text, name text unique,
             size double precision, at bigint, raw {bytes});",
        )
        .sample("insert into things (id, client_id, name) values ('a', 'cli_a', 'one')"),
        Step::new("0002_color", "alter table things add column color text not null default 'grey'"),
    ],
    tables: &[Table::walled("things")],
};

fn of(scope: &Scope, grants: Vec<Grant>) -> Scope {
    scope.recognised(Actor::Public, grants)
}
fn client(n: u128) -> ClientId {
    ClientId::from_u128(n)
}

async fn put(db: &Db, scope: &Scope, id: &str, client_id: ClientId, service: Option<ServiceId>) {
    let mut tx = db.write("test.put", scope).await.expect("begins");
    tx.exec_in(
        client_id,
        "insert into things (id, client_id, service_id, name, size, at, raw) values ($1, {client}, $2, $3, $4, $5, $6)",
        args![id, service, id, None::<f64>, scope.now(), vec![0u8, 255]],
    )
    .await
    .expect("goes in");
    tx.commit().await.expect("commits");
}

#[tokio::test]
async fn values_come_back_as_they_went_in() {
    each_db(&[&THINGS], async |db, scope| {
        put(&db, &scope, "x", client(1), None).await;
        let row = db
            .one(
                &scope,
                "select id, client_id, service_id, size, at, raw from things where {wall}",
                args![],
                |row| {
                    Ok((
                        row.get::<String>(0)?,
                        row.get::<ClientId>(1)?,
                        row.get::<Option<ServiceId>>(2)?,
                        row.get::<Option<f64>>(3)?,
                        row.get::<kernel::Timestamp>(4)?,
                        row.get::<Vec<u8>>(5)?,
                    ))
                },
            )
            .await
            .expect("reads");
        assert_eq!(row, Some(("x".into(), client(1), None, None, scope.now(), vec![0, 255])));
    })
    .await;
}

#[tokio::test]
async fn the_wall_hides_rows_refuses_writes_and_catches_the_forgetful() {
    each_db(&[&THINGS], async |db, scope| {
        let permits = ServiceId::from_u128(9);
        put(&db, &scope, "ours", client(1), None).await;
        put(&db, &scope, "theirs", client(2), None).await;
        put(&db, &scope, "one service of theirs", client(2), Some(permits)).await;
        let reader = of(
            &scope,
            vec![
                Grant { role: Role::Reader, client: Some(client(1)), service: None },
                Grant { role: Role::Reader, client: Some(client(2)), service: Some(permits) },
            ],
        );
        let seen = db
            .all(&reader, "select id from things where {wall} order by id", args![], |row| {
                row.get::<String>(0)
            })
            .await;
        assert_eq!(seen.expect("reads"), ["one service of theirs", "ours"]);
        let nobody = of(&scope, vec![]);
        let seen =
            db.all(&nobody, "select id from things where {wall}", args![], |row| row.get::<String>(0)).await;
        assert_eq!(seen.expect("reads"), Vec::<String>::new());

        assert_eq!(
            db.all(&reader, "select id from things", args![], |_| Ok(())).await.map_err(|p| p.kind),
            Err(Kind::Fault)
        );
        let mut tx = db.write("test", &reader).await.expect("begins");
        assert_eq!(
            tx.exec("delete from things where {wall} and id = $1", args!["theirs"]).await.expect("runs"),
            0
        );
        let refused = tx
            .exec_in(client(3), "insert into things (id, client_id) values ($1, {client})", args!["x"])
            .await;
        assert_eq!(refused.map_err(|p| p.kind), Err(Kind::NotFound));
    })
    .await;
}

#[tokio::test]
async fn what_is_taken_is_a_conflict_and_what_is_dropped_is_undone() {
    each_db(&[&THINGS], async |db, scope| {
        put(&db, &scope, "x", client(1), None).await;
        {
            let mut tx = db.write("test", &scope).await.expect("begins");
            tx.exec("update things set name = 'y' where {wall}", args![]).await.expect("runs");
        }
        {
            let mut tx = db.write("test", &scope).await.expect("begins");
            let twice = tx
                .exec_in(client(1), "insert into things (id, client_id) values ($1, {client})", args!["x"])
                .await;
            let problem = twice.expect_err("the id is taken");
            assert_eq!((problem.kind, problem.code), (Kind::Conflict, "taken"));
        }
        let name =
            db.one(&scope, "select name from things where {wall}", args![], |row| row.get::<String>(0)).await;
        assert_eq!(name.expect("reads"), Some("x".into()));
    })
    .await;
}

#[tokio::test]
async fn facts_are_fed_in_order_until_handled_and_stand_on_every_timeline() {
    each_db(&[], async |db, scope| {
        let (service, incident) = (ServiceId::from_u128(4), IncidentId::from_u128(5));
        let mut changes = db.changes();
        for number in 1..=3 {
            let mut tx = db.write("test.open", &scope).await.expect("begins");
            let fact = Fact::IncidentRenamed { incident, title: number.to_string() };
            tx.record(About::service(client(1), service), fact).await.expect("records");
            tx.commit().await.expect("commits");
        }
        assert_eq!(changes.recv().await.expect("told")[0].seq, 1);
        let feed = db.feed(&scope, "test", 2).await.expect("reads");
        assert_eq!(feed.iter().map(|f| f.seq).collect::<Vec<_>>(), [1, 2]);
        let mut tx = db.write("test.handle", &scope).await.expect("begins");
        tx.advance("test", 2).await.expect("advances");
        tx.advance("test", 1).await.expect("never goes back");
        tx.commit().await.expect("commits");
        let feed = db.feed(&scope, "test", 10).await.expect("reads");
        assert_eq!(feed.iter().map(|f| f.seq).collect::<Vec<_>>(), [3]);

        let paging = Paging { after: None, limit: Some(2) };
        let page = db.timeline(&scope, &incident.to_string(), &paging).await.expect("reads");
        assert_eq!(page.items.iter().map(|f| f.seq).collect::<Vec<_>>(), [3, 2]);
        let rest = Paging { after: page.next, limit: Some(2) };
        assert_eq!(db.facts_of_service(&scope, service, &rest).await.expect("reads").items[0].seq, 1);
        let stranger = of(&scope, vec![Grant { role: Role::Admin, client: Some(client(2)), service: None }]);
        assert!(
            db.timeline(&stranger, &incident.to_string(), &paging).await.expect("reads").items.is_empty()
        );
    })
    .await;
}

#[tokio::test]
async fn the_audit_chain_shows_what_was_changed() {
    each_db(&[], async |db, scope| {
        for number in 0..5u128 {
            let mut tx = db.write("test.add", &scope).await.expect("begins");
            let fact = Fact::ClientAdded { client: client(number), name: number.to_string() };
            tx.record(About::client(client(number)), fact).await.expect("records");
            tx.commit().await.expect("commits");
        }
        let verified = db.verify_audit(&scope).await.expect("reads");
        assert_eq!((verified.lines, verified.broken.clone()), (5, None));
        db.run_script("update facts set body = replace(body, '\"3\"', '\"4\"') where seq = 4")
            .await
            .expect("tampers");
        let (line, reason) = db.verify_audit(&scope).await.expect("reads").broken.expect("it shows");
        assert_eq!((line, reason.as_str()), (4, "its fact was changed or removed"));
        db.run_script("delete from audit where seq = 2").await.expect("tampers");
        assert_eq!(db.verify_audit(&scope).await.expect("reads").broken.map(|(line, _)| line), Some(3));
    })
    .await;
}

#[tokio::test]
async fn a_lease_has_one_holder_until_it_ends() {
    each_db(&[], async |db, _| {
        let clock = Arc::new(TestClock::at("2026-03-01T03:00:00Z"));
        let scope = Scope::task("test", clock.clone(), Arc::new(SeededDice::new(1)));
        let minute = SignedDuration::from_mins(1);
        assert!(db.lease(&scope, "one", "round", minute).await.expect("asks").is_some());
        assert!(db.lease(&scope, "two", "round", minute).await.expect("asks").is_none());
        assert!(db.lease(&scope, "one", "round", minute).await.expect("keeps").is_some());
        clock.moves(minute);
        assert!(db.lease(&scope, "two", "round", minute).await.expect("asks").is_some());
    })
    .await;
}

#[tokio::test]
async fn a_key_is_made_once() {
    each_db(&[], async |db, scope| {
        let first = db.key(&scope, "links").await.expect("makes");
        assert_eq!(db.key(&scope, "links").await.expect("reads"), first);
        assert_ne!(db.key(&scope, "other").await.expect("makes"), first);
    })
    .await;
}

#[tokio::test]
async fn every_step_meets_data() {
    upgrades(&[&THINGS]).await;
}

#[tokio::test]
async fn a_changed_step_is_refused() {
    each_db(&[&THINGS], async |db, scope| {
        const CHANGED: &[Step] = &[Step::new("0001_things", "create table things (id text)")];
        let changed = Schema { steps: CHANGED, ..THINGS };
        assert!(db.migrate(&scope, &[&changed]).await.is_err());
        assert_eq!(db.migrate(&scope, &[&THINGS]).await.expect("nothing to do"), 0);
        let older = Schema { steps: &THINGS.steps[..1], ..THINGS };
        let refused = db.migrate(&scope, &[&older]).await.map_err(|problem| problem.code);
        assert_eq!(refused, Err("database-newer"), "an older program leaves a newer database alone");
    })
    .await;
}

#[tokio::test]
async fn a_full_disk_refuses_writes_keeps_reads_and_loses_nothing() {
    let folder = Folder::new();
    let mut options = Options::new(folder.path().join("tend.db").display().to_string());
    options.max_pages = Some(60);
    let db = Db::open(&options).await.expect("opens");
    let scope = scope_at("2026-03-01T03:00:00Z");
    db.migrate(&scope, &[&THINGS]).await.expect("the schema fits");
    let mut kept = 0;
    let problem = loop {
        let mut tx = db.write("test.fill", &scope).await.expect("begins");
        let id = format!("{kept}");
        let text = "insert into things (id, client_id, raw) values ($1, {client}, $2)";
        let done = match tx.exec_in(client(1), text, args![id, vec![7u8; 8_000]]).await {
            Ok(_) => tx.commit().await,
            Err(problem) => Err(problem),
        };
        match done {
            Ok(()) => kept += 1,
            Err(problem) => break problem,
        }
        assert!(kept < 100, "60 pages do not hold 100 rows of 8 kB");
    };
    assert_eq!((problem.kind, problem.code), (Kind::Unavailable, "disk-full"));
    let count =
        db.one(&scope, "select count(*) from things where {wall}", args![], |row| row.get::<i64>(0)).await;
    assert_eq!(count.expect("reads go on"), Some(kept));
}

#[tokio::test]
async fn a_transaction_that_sqlite_ended_by_itself_does_not_block_the_next() {
    let folder = Folder::new();
    let db =
        Db::open(&Options::new(folder.path().join("tend.db").display().to_string())).await.expect("opens");
    let scope = scope_at("2026-03-01T03:00:00Z");
    db.migrate(&scope, &[&THINGS]).await.expect("the schema fits");
    // What a full disk does to an open transaction.
    let mut tx = db.write("test.ended", &scope).await.expect("begins");
    tx.exec("rollback", args![]).await.expect("runs");
    assert!(tx.commit().await.is_err(), "there is nothing to commit");
    put(&db, &scope, "after", client(1), None).await;
    // And what is simply given up is no reason for a new connection.
    drop(db.write("test.dropped", &scope).await.expect("begins"));
    put(&db, &scope, "again", client(1), None).await;
}

#[tokio::test]
async fn a_task_without_facts_leaves_no_audit_line_and_a_person_does() {
    each_db(&[], async |db, scope| {
        db.write("test.idle", &scope).await.expect("begins").commit().await.expect("commits");
        assert_eq!(db.verify_audit(&scope).await.expect("reads").lines, 0);
        let person = scope.recognised(Actor::Operator, vec![]);
        db.write("test.act", &person).await.expect("begins").commit().await.expect("commits");
        assert_eq!(db.verify_audit(&scope).await.expect("reads").lines, 1);
    })
    .await;
}

#[tokio::test]
async fn a_backup_comes_back_whole_into_either_database() {
    let folder = Folder::new();
    let file = folder.path().join("one.tend");
    each_db(&[&THINGS], async |db, scope| {
        put(&db, &scope, "x", client(1), None).await;
        let mut tx = db.write("test.add", &scope).await.expect("begins");
        let fact = Fact::ClientAdded { client: client(1), name: "Lindehaven".into() };
        tx.record(About::client(client(1)), fact).await.expect("records");
        tx.exec("update things set size = 0.5 where {wall}", args![]).await.expect("runs");
        tx.commit().await.expect("commits");
        let _ = std::fs::remove_file(&file);
        let counted = db.backup(&scope, &file).await.expect("backs up");
        assert!(db.backup(&scope, &file).await.is_err(), "a backup is never written over");
        assert!(db.restore(&scope, &file, &[&THINGS]).await.is_err(), "only into an empty database");
        let head = db.verify_audit(&scope).await.expect("reads").head;
        each_db(&[&THINGS], async |other, scope| {
            assert_eq!(other.restore(&scope, &file, &[&THINGS]).await.expect("restores"), counted);
            let verified = other.verify_audit(&scope).await.expect("reads");
            assert_eq!((verified.broken, verified.head), (None, head.clone()));
            let row = other
                .one(&scope, "select size, raw, service_id from things where {wall}", args![], |row| {
                    Ok((row.get::<f64>(0)?, row.get::<Vec<u8>>(1)?, row.get::<Option<ServiceId>>(2)?))
                })
                .await;
            assert_eq!(row.expect("reads"), Some((0.5, vec![0, 255], None)));
        })
        .await;
    })
    .await;
}

#[tokio::test]
async fn a_backup_that_was_cut_or_changed_is_refused() {
    let folder = Folder::new();
    each_db(&[&THINGS], async |db, scope| {
        let file = folder.path().join(format!("{:?}.tend", db.engine()));
        put(&db, &scope, "x", client(1), None).await;
        db.backup(&scope, &file).await.expect("backs up");
        let whole = std::fs::read(&file).expect("reads");
        for cut in [0, 1, whole.len() / 2, whole.len() - 1] {
            std::fs::write(&file, &whole[..cut]).expect("writes");
            assert_eq!(
                crate::backup::check_backup(&file).map_err(|p| p.code),
                Err("backup-unreadable"),
                "{cut}"
            );
        }
        let mut changed = whole.clone();
        let middle = changed.len() / 2;
        changed[middle] ^= 1;
        std::fs::write(&file, &changed).expect("writes");
        assert!(crate::backup::check_backup(&file).is_err());
    })
    .await;
}

#[tokio::test]
async fn the_doctor_finds_a_healthy_database_well() {
    each_db(&[&THINGS], async |db, scope| {
        put(&db, &scope, "x", client(1), None).await;
        let found = db.examine(&scope).await.expect("looks");
        assert!(found.iter().all(|finding| finding.well), "{found:?}");
        let mut tx = db.write("test", &scope).await.expect("begins");
        tx.advance("somebody", 99).await.expect("advances");
        tx.commit().await.expect("commits");
        let found = db.examine(&scope).await.expect("looks");
        assert!(found.iter().any(|finding| finding.what == "subscribers" && !finding.well), "{found:?}");
    })
    .await;
}

#[tokio::test]
async fn a_process_killed_after_a_commit_keeps_what_was_committed_and_does_nothing_more() {
    let folder = Folder::new();
    let path = folder.path().join("tend.db").display().to_string();
    let scope = scope_at("2026-03-01T03:00:00Z");
    let fuse = Fuse::after(1);
    let opened = Db::open(&Options::new(&path)).await.unwrap();
    opened.migrate(&scope, &[]).await.unwrap();
    opened.close().await;
    let db = Db::open(&Options { fuse: Some(fuse.clone()), ..Options::new(&path) }).await.unwrap();
    let works = async {
        for name in ["one", "two", "three"] {
            db.key(&scope, name).await.unwrap();
            db.write("test.step", &scope).await.unwrap().commit().await.unwrap();
        }
    };
    tokio::select! {
        () = works => panic!("it should have been killed"),
        () = fuse.blown() => {}
    }
    db.close().await;
    let again = Db::open(&Options::new(&path)).await.unwrap();
    again.migrate(&scope, &[]).await.unwrap();
    let names: Vec<String> =
        again.all(&scope, "select name from secrets order by name", args![], |row| row.get(0)).await.unwrap();
    assert_eq!(names, ["one", "two"]);
    again.close().await;
}
