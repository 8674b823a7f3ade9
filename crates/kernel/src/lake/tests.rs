use super::*;

#[test]
fn a_sketch_is_right_to_one_percent_and_merges() {
    let (mut all, mut left, mut right) = (Sketch::default(), Sketch::default(), Sketch::default());
    for value in 1..=10_000 {
        all.add(f64::from(value));
        if value % 3 == 0 { left.add(f64::from(value)) } else { right.add(f64::from(value)) }
    }
    left.merge(&right);
    assert_eq!(left, all);
    for (share, exact) in [(0.5, 5_000.0), (0.75, 7_500.0), (0.95, 9_500.0), (0.99, 9_900.0)] {
        let found = all.quantile(share).expect("not empty");
        assert!((found / exact - 1.0).abs() <= 0.0101, "{share}: {found} for {exact}");
    }
}

#[test]
fn nothing_has_no_quantile_and_zero_is_zero() {
    assert_eq!(Sketch::default().quantile(0.5), None);
    let mut zeros = Sketch::default();
    zeros.add(0.0);
    zeros.add(f64::NAN);
    assert_eq!((zeros.count, zeros.quantile(0.5)), (1, Some(0.0)));
}

#[test]
fn a_question_is_plain_data() {
    let question = Question::Days {
        client: crate::Id::from_u128(1),
        service: crate::Id::from_u128(2),
        table: Table::Events,
    };
    let json = serde_json::to_string(&question).expect("plain data");
    assert_eq!(serde_json::from_str::<Question>(&json).expect("reads back"), question);
}

#[test]
fn the_unit_of_an_event_is_the_best_known_one() {
    let words: Vec<&str> = Channel::ALL.iter().map(|one| one.word()).collect();
    assert_eq!(Channel::from_word(words[1]), Some(Channel::Phone));
    assert_eq!(Table::from_word("events"), Some(Table::Events));
}
