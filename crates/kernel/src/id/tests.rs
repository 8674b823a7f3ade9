use super::*;
use proptest::prelude::*;

#[test]
fn prefixes_are_unique() {
    let mut seen: Vec<&str> = KINDS.iter().map(|(prefix, _)| *prefix).collect();
    seen.sort_unstable();
    let before = seen.len();
    seen.dedup();
    assert_eq!(before, seen.len());
}

#[test]
fn an_id_reads_back_as_itself() {
    proptest!(|(bits: u128)| {
        let id = IncidentId::from_u128(bits);
        prop_assert_eq!(id.to_string().parse::<IncidentId>(), Ok(id));
    });
}

#[test]
fn text_order_is_number_order() {
    proptest!(|(a: u128, b: u128)| {
        let (left, right) = (PageId::from_u128(a), PageId::from_u128(b));
        prop_assert_eq!(left.cmp(&right), left.to_string().cmp(&right.to_string()));
    });
}

#[test]
fn an_id_of_another_kind_or_shape_is_refused() {
    let page = PageId::from_u128(7).to_string();
    assert!(page.parse::<IncidentId>().is_err());
    assert!("inc_".parse::<IncidentId>().is_err());
    assert!("inc_zzzzzzzzzzzzzzzzzzzzzzzzzz".parse::<IncidentId>().is_err(), "more than 128 bits");
    assert!("inc_0000000000000000000000000i".parse::<IncidentId>().is_err(), "i is not in the alphabet");
    assert!("inc_é0000000000000000000000000".parse::<IncidentId>().is_err());
}
