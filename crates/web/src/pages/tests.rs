use super::*;

#[test]
fn the_own_pages_fit_together() {
    Pages::new(&[]).unwrap();
}
