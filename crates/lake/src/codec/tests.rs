use super::*;
use crate::tests::{NOON, event};

#[test]
fn what_is_written_reads_back_and_nothing_else_does() {
    let now: Timestamp = NOON.parse().expect("a time");
    let mut other = event(3, now);
    other.service = ServiceId::from_u128(9);
    other.value = None;
    other.at = Timestamp::from_microsecond(-5).expect("a time before 1970");
    let rows = Rows::Events(vec![event(1, now), event(2, now), other, event(4, now)]);
    let mut bytes = Vec::new();
    put(&rows, now, &mut bytes);
    assert_eq!(take(&bytes), Ok((now, rows)));
    for cut in 0..bytes.len() {
        assert!(take(&bytes[..cut]).is_err(), "cut at {cut}");
    }
    bytes.push(0);
    assert!(take(&bytes).is_err(), "something behind it");
}

#[test]
fn the_lists_only_grow_at_their_end() {
    // A place in these lists is written to the log.
    assert_eq!(Origin::ALL.first(), Some(&Origin::Tend));
    assert_eq!(Origin::ALL.iter().position(|one| *one == Origin::Csv), Some(8));
    assert_eq!(Channel::ALL.iter().position(|one| *one == Channel::Inside), Some(6));
    assert_eq!(Device::ALL.iter().position(|one| *one == Device::Other), Some(4));
    assert_eq!(VitalName::ALL.iter().position(|one| *one == VitalName::Ttfb), Some(4));
    assert_eq!(Table::ALL.iter().position(|one| *one == Table::Logs), Some(5));
}

proptest::proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..300)) {
        let mut framed = vec![VERSION];
        framed.extend(bytes);
        let _ = take(&framed);
    }
}
