use super::*;

#[test]
fn the_same_content_has_the_same_id_and_each_repeat_another() {
    let mut repeats = Repeats::default();
    let ids: Vec<String> =
        ["a", "b", "a", "a"].into_iter().map(|line| id(line, repeats.before(line))).collect();
    assert_eq!(ids[0], id("a", 0));
    assert_eq!(ids.iter().collect::<std::collections::BTreeSet<_>>().len(), 4);
    assert_eq!(ids[0].len(), 32);
}

#[test]
fn lines_that_are_not_taken_are_counted_and_the_first_are_named() {
    let mut not = NotTaken::default();
    for number in 1..=10 {
        not.because(number, "no time", Reason::Missing);
    }
    not.because(11, "", Reason::TooOld);
    let all: Vec<_> = not.reasons().collect();
    assert_eq!(all[0].0, "no time");
    assert_eq!((all[0].1.count, all[0].1.first.as_slice()), (10, &[1, 2, 3, 4, 5][..]));
    assert_eq!(all[1].0, "too-old");
    assert_eq!(not.count(), 11);
}

#[test]
fn what_is_remembered_is_bounded_and_what_is_near_is_remembered() {
    let mut repeats = Repeats::default();
    for number in 0..REMEMBERED + 10 {
        repeats.before(&number.to_string());
    }
    assert!(repeats.now.len() + repeats.earlier.len() <= 2 * REMEMBERED);
    assert_eq!(repeats.before(&(REMEMBERED - 1).to_string()), 1);
    assert_eq!(repeats.before(&(REMEMBERED - 1).to_string()), 2);
}
