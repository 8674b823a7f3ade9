use kernel::{Id, ServiceId};

use super::*;

fn rows(text: &str) -> Vec<ServiceRow> {
    text.split_whitespace()
        .enumerate()
        .map(|(number, word)| {
            let (name, state) = word.split_once(':').unwrap();
            ServiceRow {
                id: ServiceId::from_u128(number as u128),
                name: name.into(),
                client: if name < "m" { "Lindehaven".into() } else { "Duinzicht".into() },
                phase: if state == "archived" { Phase::Archived } else { Phase::Live },
                state: (state != "none").then(|| state.to_owned()),
                since: None,
                say: None,
                open: 0,
                weight: if state == "down" { 9 } else { i64::from(state == "degraded") },
                cells: Vec::new(),
                changed_at: Timestamp::from_second(number as i64).unwrap(),
            }
        })
        .collect()
}

fn listed(rows: &[ServiceRow]) -> String {
    rows.iter().map(|row| row.name.as_str()).collect::<Vec<_>>().join(" ")
}

#[test]
fn what_needs_a_person_comes_first() {
    let mut all = rows("c:up b:degraded d:down a:up");
    sort(&mut all, None, &[]);
    assert_eq!(listed(&all), "d b a c");
    for (by, order) in
        [("name", "a b c d"), ("-name", "d c b a"), ("changed", "a d b c"), ("nonsense", "d b a c")]
    {
        sort(&mut all, Some(by), &[]);
        assert_eq!(listed(&all), order, "{by}");
    }
}

#[test]
fn the_answer_counts_what_is_in_use() {
    let answer = answer(&rows("a:up b:down c:none d:pending e:degraded f:archived g:unknown"));
    assert_eq!((answer.total, answer.bad, answer.unwatched), (6, 2, 3));
    assert_eq!(listed(&answer.worst), "b e");
}

#[test]
fn filters_narrow_and_archived_ones_show_only_when_asked_for() {
    let all = rows("alpha:up beta:down gamma:none omega:archived");
    let shown = |filter: Filter| {
        let kept: Vec<ServiceRow> =
            all.iter().filter(|row| fits(&filter, row, None, Some("Words"))).cloned().collect();
        listed(&kept)
    };
    let state = |state: &str| Filter { state: Some(state.into()), ..Filter::default() };
    assert_eq!(shown(Filter::default()), "alpha beta gamma");
    assert_eq!(shown(Filter { phase: Some(Phase::Archived), ..Filter::default() }), "omega");
    assert_eq!(shown(state("attention")), "beta");
    assert_eq!(shown(state("none")), "gamma");
    assert_eq!(shown(state("up")), "alpha");
    assert_eq!(shown(Filter { q: Some(" MM ".into()), ..Filter::default() }), "gamma");
    assert_eq!(shown(Filter { q: Some("words".into()), ..Filter::default() }), "alpha beta gamma");
    assert_eq!(shown(Filter { client: Some(ClientId::from_u128(7)), ..Filter::default() }), "");
}

#[test]
fn pages_follow_each_other_without_gap() {
    let text: String = (0..ROWS + 1).map(|n| format!("s{n:04}:up ")).collect();
    let (first, next) = page(rows(&text), None).unwrap();
    assert_eq!(first.len(), ROWS);
    let (second, end) = page(rows(&text), next.as_ref()).unwrap();
    assert_eq!((listed(&second), end), (format!("s{ROWS:04}"), None));
    let (whole, none) = page(rows(&text).split_off(1), None).unwrap();
    assert_eq!((whole.len(), none), (ROWS, None));
    let bad = Cursor::new(vec!["a".into(), "b".into()]);
    assert!(page(rows("a:up"), Some(&bad)).is_err());
}
