//! What people do on these screens, and what programs get.

use web::{Language, Pages, Part};

use super::*;

#[test]
fn every_example_renders_in_every_language() {
    let parts: Vec<Part> = crate::face::parts();
    let pages = Pages::new(&parts).expect("the pages fit together");
    let now = "2026-11-21T03:10:00Z".parse().expect("an instant");
    for sample in samples() {
        for language in Language::ALL {
            let reader = web::Reader { language, ..web::Reader::default() };
            let shown = pages.example(&sample, &reader, now);
            let shown =
                shown.unwrap_or_else(|error| panic!("{} {}: {error:?}", sample.template, sample.case));
            assert!(!shown.html.contains("journey-fault"), "{}: a key shows", shown.name);
        }
    }
}
