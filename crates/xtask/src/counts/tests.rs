use super::*;

fn lines(text: &str) -> Vec<String> {
    text.lines().map(str::to_owned).collect()
}

#[test]
fn a_nextest_summary_is_read_whole() {
    let out = lines(
        "------------\n     Summary [   1.234s] 12 tests run: 9 passed (1 slow), 2 failed, 1 timed out, 3 skipped",
    );
    assert_eq!(of_nextest(&out), Some(Counts { passed: 9, failed: 3, skipped: 3 }));
    let out = lines("     Summary [   0.1s] 1 test run: 1 passed, 0 skipped");
    assert_eq!(of_nextest(&out), Some(Counts { passed: 1, failed: 0, skipped: 0 }));
    assert_eq!(of_nextest(&lines("error: could not compile")), None);
}

#[test]
fn a_node_summary_is_read_whole() {
    let out = lines("ℹ tests 5\nℹ pass 3\nℹ fail 1\nℹ cancelled 1\nℹ skipped 2\nℹ todo 0");
    assert_eq!(of_node(&out), Some(Counts { passed: 3, failed: 2, skipped: 2 }));
    assert_eq!(of_node(&lines("# pass 2\n# fail 0")), Some(Counts { passed: 2, failed: 0, skipped: 0 }));
    assert_eq!(of_node(&lines("nothing ran")), None);
}

#[test]
fn the_closing_line_has_the_form_that_ci_reads() {
    let counts = Counts { passed: 3, failed: 0, skipped: 1 };
    assert_eq!(counts.to_string(), "tests: 3 passed, 0 failed, 1 skipped");
}
