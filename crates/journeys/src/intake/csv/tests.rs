use jiff::tz::TimeZone;

use super::*;

const PERMIT: &str = "name=concept:name,at=time:timestamp,case=case:concept:name,prop.channel=case:channel";
const HEADER: [&str; 4] = ["case:channel", "case:concept:name", "concept:name", "time:timestamp"];

fn bound(mapping: &str, header: &[&str]) -> Bound {
    let mapping = Mapping::parse(mapping).expect("the mapping is sound");
    mapping.bind(header, TimeZone::UTC).expect("the columns are there")
}

fn mistake(mapping: &str) -> String {
    Mapping::parse(mapping).expect_err("the mapping has a mistake")
}

#[test]
fn columns_become_what_the_mapping_says() {
    let row = ["Internet", "case-10011", "Confirmation of receipt", "2011-10-11 13:45:40.276000+02:00"];
    let event = bound(PERMIT, &HEADER).event(&row, 0).expect("it is an event");
    assert_eq!((event.name.as_str(), event.case.as_str()), ("Confirmation of receipt", "case-10011"));
    assert_eq!(event.at.map(|at| at.to_string()).as_deref(), Some("2011-10-11T11:45:40.276Z"));
    assert_eq!(event.props, [("channel".to_owned(), "Internet".to_owned())]);
    assert!(event.told && !event.id.is_empty());
}

#[test]
fn a_time_without_a_zone_is_of_the_zone_that_was_said() {
    let mapping = Mapping::parse("name==x,at=t").expect("sound");
    let zone = TimeZone::get("Europe/Amsterdam").expect("it is bundled");
    let bound = mapping.bind(&["t"], zone).expect("it is there");
    let at = |text: &str| bound.event(&[text], 0).ok().and_then(|event| event.at).map(|at| at.to_string());
    assert_eq!(at("2024-03-13 10:21:14").as_deref(), Some("2024-03-13T09:21:14Z"));
    assert_eq!(at("2024-03-13T10:21:14Z").as_deref(), Some("2024-03-13T10:21:14Z"));
    assert_eq!(at("1710325274").as_deref(), Some("2024-03-13T10:21:14Z"));
    assert_eq!(at("1710325274000").as_deref(), Some("2024-03-13T10:21:14Z"));
    assert_eq!(at("last week"), None);
}

#[test]
fn a_page_needs_no_name_and_a_text_may_be_the_same_for_every_row() {
    let bound = bound("at=t,url=page,channel==counter,value=amount", &["t", "page", "amount"]);
    let event = bound.event(&["2024-03-13T10:21:14Z", "/apply", "12.5"], 0).expect("it is an event");
    assert_eq!((event.name.as_str(), event.channel, event.value), ("pageview", Channel::Counter, Some(12.5)));
}

#[test]
fn a_row_that_is_no_event_says_why() {
    let bound = bound("at=t,name=n,value=v,channel=c", &["t", "n", "v", "c"]);
    let why = |row: &[&str]| bound.event(row, 0).expect_err("it is none").detail;
    assert_eq!(why(&["", "x", "", ""]), "the row has no time");
    assert_eq!(why(&["soon", "x", "", ""]), "the time is none that is understood");
    assert_eq!(why(&["2024-03-13", "", "", ""]), "the row says neither what happened nor on which page");
    assert_eq!(why(&["2024-03-13", "x", "many", ""]), "the value is not a number");
    assert!(why(&["2024-03-13", "x", "", "pigeon"]).starts_with("the channel is none of web"));
    assert_eq!(why(&[]), "the row has no time");
}

#[test]
fn mistakes_in_a_mapping_are_said() {
    assert_eq!(mistake("name"), "`name` is not WHAT=COLUMN");
    assert!(mistake("colour=x").starts_with("`colour` is nothing that a row can become"));
    assert!(mistake("prop.=x").starts_with("`prop.` is nothing"));
    assert_eq!(mistake("at=a,at=b"), "`at` is mapped twice");
    assert!(mistake("name=a").starts_with("nothing is mapped to `at`"));
    assert!(mistake("at=a").starts_with("nothing is mapped to `name`"));
    let missing = Mapping::parse(PERMIT).expect("sound").bind(&["a", "b"], TimeZone::UTC).map(|_| ());
    assert_eq!(missing, Err("the file has no column `concept:name`; it has a, b".into()));
}

#[test]
fn a_byte_order_mark_hides_no_column() {
    assert!(Mapping::parse("at=t,name==x").expect("sound").bind(&["\u{feff}t"], TimeZone::UTC).is_ok());
}

#[test]
fn the_same_row_again_is_another_event_and_the_files_own_id_wins() {
    let plain = bound("at=t,name==x", &["t"]);
    let row = ["2024-03-13T10:21:14Z"];
    let id = |again| plain.event(&row, again).expect("an event").id;
    assert_eq!(id(0), id(0));
    assert_ne!(id(0), id(1));
    let own = bound("at=t,name==x,id=i", &["t", "i"]);
    assert_eq!(own.event(&["2024-03-13T10:21:14Z", "e-7"], 1).expect("an event").id, "e-7");
}

#[test]
fn the_delimiter_is_the_one_that_is_there_most() {
    for (header, expected) in
        [("a,b,c", b','), ("a;b;c,d", b';'), ("a\tb", b'\t'), ("a|b", b'|'), ("a", b',')]
    {
        assert_eq!(delimiter(header), expected, "{header}");
    }
}
