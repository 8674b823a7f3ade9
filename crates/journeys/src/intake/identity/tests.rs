use super::*;

fn service(n: u128) -> ServiceId {
    ServiceId::from_u128(n)
}

#[test]
fn a_visitor_is_a_number_of_a_day_and_a_service() {
    let (monday, tuesday) = ([1; 16], [2; 16]);
    let one = visitor(&monday, service(1), "", &[192, 0, 2, 1], "Firefox");
    assert_eq!(one, visitor(&monday, service(1), "", &[192, 0, 2, 1], "Firefox"));
    for other in [
        visitor(&tuesday, service(1), "", &[192, 0, 2, 1], "Firefox"),
        visitor(&monday, service(2), "", &[192, 0, 2, 1], "Firefox"),
        visitor(&monday, service(1), "", &[192, 0, 2, 2], "Firefox"),
        visitor(&monday, service(1), "", &[192, 0, 2, 1], "Chrome"),
        visitor(&monday, service(1), "ana", &[192, 0, 2, 1], "Firefox"),
    ] {
        assert_ne!(one, other);
    }
    // Whoever is named is the same from everywhere.
    assert_eq!(
        visitor(&monday, service(1), "ana", &[192, 0, 2, 1], "Firefox"),
        visitor(&monday, service(1), "ana", &[], "")
    );
}

#[test]
fn a_subject_is_bound_to_its_own_key() {
    let (one, other) = ([1; 32], [2; 32]);
    assert_eq!(subject(&one, service(1), "user", "ana"), subject(&one, service(1), "user", "ana"));
    assert_ne!(subject(&one, service(1), "user", "ana"), subject(&other, service(1), "user", "ana"));
    assert_ne!(subject(&one, service(1), "user", "ana"), subject(&one, service(1), "case", "ana"));
    assert_ne!(lookup(&one, service(1), "user", "ana"), lookup(&one, service(2), "user", "ana"));
}

#[test]
fn the_same_event_has_the_same_key_and_none_without_an_id() {
    let key = [3; 16];
    assert_eq!(event(&key, service(1), "posthog", 5, ""), 0);
    assert_eq!(event(&key, service(1), "posthog", 5, "a"), event(&key, service(1), "posthog", 5, "a"));
    assert_ne!(event(&key, service(1), "posthog", 5, "a"), event(&key, service(1), "snowplow", 5, "a"));
    assert_ne!(event(&key, service(1), "posthog", 5, "a"), event(&key, service(1), "posthog", 6, "a"));
}

#[test]
fn bytes_are_read_back() {
    assert_eq!(unhex(&hex(&[0, 1, 0xab, 0xff])), Some([0, 1, 0xab, 0xff]));
    assert_eq!(unhex::<4>("0001abf"), None);
    assert_eq!(unhex::<4>("0001abfg"), None);
    assert_eq!(unhex::<2>("é€"), None);
}

#[test]
fn a_key_has_a_uuid() {
    assert_eq!(uuid_of("website"), uuid_of("website"));
    let uuid = uuid_of("website");
    assert_eq!((uuid.len(), &uuid[14..15]), (36, "8"));
}
