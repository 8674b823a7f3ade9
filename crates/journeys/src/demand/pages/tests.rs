//! What people see on these screens.

use web::{Language, Pages, Part};

use super::*;

#[test]
fn every_example_renders_in_every_language() {
    let parts: Vec<Part> = crate::face::parts();
    let pages = Pages::new(&parts).expect("the pages fit together");
    let now = "2026-11-21T09:10:00Z".parse().expect("an instant");
    for sample in samples() {
        for language in Language::ALL {
            let reader = web::Reader { language, ..web::Reader::default() };
            let shown = pages.example(&sample, &reader, now);
            let shown =
                shown.unwrap_or_else(|error| panic!("{} {}: {error:?}", sample.template, sample.case));
            for word in ["demand-", "kpi-", "kpis-", "process-"] {
                let key = shown.html.match_indices(word).find(|(at, _)| {
                    let before = shown.html[..*at].chars().next_back();
                    matches!(before, Some('>' | ' ')) && !shown.html[..*at].ends_with("class=\"")
                });
                assert!(key.is_none(), "{} {}: a key shows near {key:?}", shown.name, sample.case);
            }
        }
    }
}
