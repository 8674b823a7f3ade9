use super::*;

#[test]
fn every_text_stands_once_and_every_text_asked_for_is_there() {
    assert!(pages().is_ok(), "{:?}", pages().err().map(|problem| crate::chain(&problem)));
    assert_eq!(web::testing_texts::missing(&parts()), Vec::<String>::new());
}

#[test]
fn every_sample_renders_in_every_language() {
    let now = "2026-03-01T03:00:00Z".parse().expect("a time");
    let files = render_samples(now).unwrap_or_else(|problem| panic!("{}", crate::chain(&problem)));
    assert!(files.len() > 300, "{}", files.len());
}

#[test]
fn a_problem_is_told_in_words_with_what_to_do() {
    let words = crate::texts();
    let full = Problem::new(kernel::Kind::Unavailable, "disk-full");
    assert!(words.problem_in_words(&full).contains("disk"), "{}", words.problem_in_words(&full));
}

#[tokio::test]
async fn every_schema_step_meets_data() {
    store::testing::upgrades(&schemas()).await;
}
