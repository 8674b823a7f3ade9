use std::io::Write as _;

use super::*;

const LINE: &str =
    r#"192.0.2.7 - - [17/May/2015:10:05:03 +0000] "GET /apply HTTP/1.1" 200 1043 "-" "Mozilla/5.0""#;

fn log() -> Format {
    Format::AccessLog { host: "svc.example".into() }
}

fn shop() -> Format {
    let mapping = Mapping::parse("name=event,at=time,session=session").expect("it is sound");
    Format::Table { mapping, delimiter: None, zone: TimeZone::UTC }
}

fn all(text: impl Into<Vec<u8>>, format: &Format) -> (Vec<Numbered>, File) {
    let mut file = File::open(io::Cursor::new(text.into()), format).expect("it begins well");
    let mut events = Vec::new();
    loop {
        let batch = file.batch().expect("it goes on well");
        if batch.is_empty() {
            return (events, file);
        }
        events.extend(batch);
    }
}

fn packed(text: &str) -> Vec<u8> {
    let mut pack = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    pack.write_all(text.as_bytes()).expect("memory takes it");
    pack.finish().expect("memory takes it")
}

#[test]
fn lines_are_numbered_and_what_is_wrong_is_counted() {
    let text = format!("{LINE}\r\n\nnonsense\n{LINE}\n{}\nx", "y".repeat(access_log::MAX_LINE + 2));
    let (events, mut file) = all(text, &log());
    let numbers: Vec<u64> = events.iter().map(|(number, _)| *number).collect();
    assert_eq!(numbers, [1, 4]);
    assert_ne!(events[0].1.id, events[1].1.id, "the same line twice is two events");
    assert_eq!(events[0].1.host, "svc.example");
    assert_eq!(file.read(), 6);
    let not: Vec<(String, Vec<u64>)> =
        file.not_taken().reasons().map(|(reason, lines)| (reason.to_owned(), lines.first.clone())).collect();
    assert_eq!(not[0].1, [5], "{not:?}");
    assert_eq!(not[1], ("there is no [time]".to_owned(), vec![3, 6]));
}

#[test]
fn what_is_packed_is_known_by_its_first_bytes_and_may_come_in_several_parts() {
    let two = [packed(&format!("{LINE}\n")), packed(&format!("{LINE}\n"))].concat();
    assert_eq!(all(two, &log()).0, all(format!("{LINE}\n{LINE}\n"), &log()).0);
}

#[test]
fn a_file_that_is_packed_and_damaged_says_so() {
    let mut bytes = packed(&format!("{LINE}\n").repeat(1_000));
    bytes.truncate(bytes.len() / 2);
    let mut file = File::open(io::Cursor::new(bytes), &log()).expect("it begins well");
    let mut ended = Ok(Vec::new());
    while ended.is_ok() {
        ended = file.batch();
    }
    assert!(matches!(ended, Err(Unreadable::Io(_))));
}

#[test]
fn rows_of_a_table_are_numbered_as_an_editor_does() {
    let text = "session;event;time;note\ns1;view;2024-03-13 10:21:14;\"two\nlines\"\ns1;;2024-03-13 10:21:14;\ns2;buy;2024-03-13 10:21:14\n";
    let (events, mut file) = all(text, &shop());
    assert_eq!(events.iter().map(|(number, _)| *number).collect::<Vec<_>>(), [2, 5]);
    assert_eq!(events[1].1.session, "s2");
    assert_eq!(file.not_taken().count(), 1);
}

#[test]
fn a_quote_that_is_never_closed_does_not_fill_the_memory() {
    let text = format!("session,event,time\n\"{}", "a,b\n".repeat(MAX_ROW));
    let mut file = File::open(io::Cursor::new(text), &shop()).expect("it begins well");
    let error = file.batch().expect_err("the row is too long").to_string();
    assert!(error.contains("is a quote never closed?"), "{error}");
}

#[test]
fn a_table_without_the_columns_of_the_mapping_is_refused() {
    let refused = File::open(io::Cursor::new("a,b\n1,2\n"), &shop()).map(|_| ()).expect_err("no such column");
    assert_eq!(refused.to_string(), "the file has no column `event`; it has a, b");
    assert!(File::open(io::Cursor::new(""), &shop()).is_err());
    assert!(all("", &log()).0.is_empty());
}

#[test]
fn batches_are_bounded_and_lose_nothing() {
    let text = format!("{LINE}\n").repeat(MAX_BATCH + 1);
    let mut file = File::open(io::Cursor::new(text), &log()).expect("it begins well");
    assert_eq!(file.batch().expect("sound").len(), MAX_BATCH);
    assert_eq!(file.batch().expect("sound").len(), 1);
    assert!(file.batch().expect("sound").is_empty());
}

#[test]
fn an_event_reads_as_the_api_takes_it() {
    let (events, _) = all(LINE, &log());
    let sent = wire(&events[0].1);
    assert_eq!(sent["at"], "2015-05-17T10:05:03Z");
    assert_eq!(sent["ip"], "192.0.2.7");
    assert_eq!(sent["props"]["status"], "200");
    assert_eq!(sent.get("user"), None);
}
