use http::header::{ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, ETAG, IF_NONE_MATCH};
use http::{HeaderMap, HeaderValue, StatusCode};

use super::{ASSETS, FOR_EVER, shared, shared_sizes};

/// What the issue allows, in bytes gzipped.
const LARGEST: usize = 3_000;

#[test]
fn the_tracker_is_under_3_kb_gzipped() {
    let sizes = shared_sizes();
    let (_, size) = sizes.iter().find(|(name, _)| *name == "t.js").expect("the tracker is bundled");
    assert!(*size < LARGEST, "the tracker has grown to {size} bytes: {sizes:?}");
}

#[test]
fn the_tracker_names_the_vitals_that_are_there() {
    let of = |name: &str| ASSETS.iter().find(|asset| asset.name == name).expect("it is bundled");
    let tracker = std::str::from_utf8(of("t.js").plain).expect("a script is text");
    assert!(tracker.contains(&format!("t/{}", of("vitals.js").file)), "the tracker asks for another file");
}

#[test]
fn a_page_of_another_host_may_load_it_and_ask_whether_it_changed() {
    let plain = shared("t.js", &HeaderMap::new()).expect("it is there");
    assert_eq!(plain.status(), StatusCode::OK);
    assert_eq!(plain.headers()["cross-origin-resource-policy"], "cross-origin");
    assert_eq!(plain.headers()["access-control-allow-origin"], "*");
    assert!(plain.headers()[CACHE_CONTROL].to_str().expect("text").contains("max-age=86400"));
    let mut headers = HeaderMap::new();
    headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("gzip, br"));
    let packed = shared("t.js", &headers).expect("it is there");
    assert_eq!(packed.headers()[CONTENT_ENCODING], "gzip");
    headers.insert(IF_NONE_MATCH, packed.headers()[ETAG].clone());
    assert_eq!(shared("t.js", &headers).expect("it is there").status(), StatusCode::NOT_MODIFIED);
}

#[test]
fn a_part_named_by_its_digest_is_kept_for_ever_and_nothing_else_is_shared() {
    let file = ASSETS.iter().find(|asset| asset.name == "vitals.js").expect("it is bundled").file;
    let part = shared(file, &HeaderMap::new()).expect("it is there");
    assert_eq!(part.headers()[CACHE_CONTROL], FOR_EVER);
    for other in ["vitals.js", "app.js", ASSETS[0].file, "..", ""] {
        assert!(shared(other, &HeaderMap::new()).is_none(), "{other} is not for pages of others");
    }
}
