use axum::http::StatusCode;
use testkit::{Town, minutes};

use crate::town::KUSTWERK;

/// On SQLite alone: a full disk under PostgreSQL is the database server's, and answers as it does.
#[tokio::test]
async fn on_a_full_disk_reads_go_on_and_writes_are_put_off() {
    let mut town = Town::founded(KUSTWERK, None).await;
    let ana = town.signed_in("Ana").await;
    town.breaks("Checkout");
    town.passes(minutes(2)).await;
    ana.is_paged_about("Checkout");
    let id = ana.finds_incident("Checkout").await;
    town.disk_holds(Some(1)).await;
    let screen = ana.browser.opens(&format!("/incidents/{id}")).await;
    assert_eq!(screen.status, StatusCode::OK, "{}", screen.text());
    let note = "x".repeat(9_000);
    let mut written = 0;
    let refused = loop {
        let seen = ana.browser.submits(&screen, &format!("/incidents/{id}/note"), &[("body", &note)]).await;
        if !seen.status.is_success() {
            break seen;
        }
        written += 1;
        assert!(written < 50, "the disk is full");
    };
    assert_eq!(refused.status, StatusCode::SERVICE_UNAVAILABLE, "{}", refused.text());
    assert!(refused.headers.contains_key("retry-after"), "{}", refused.text());
    assert_eq!(ana.browser.opens("/incidents").await.status, StatusCode::OK);
    town.disk_holds(None).await;
    // What was acknowledged as written is there.
    let kept = ana.browser.reads(&format!("/incidents/{id}")).await.body.matches(&note).count();
    assert!(kept >= written, "{kept} of {written} notes");
    ana.acknowledges("Checkout").await;
    town.heals("Checkout");
    town.passes(minutes(15)).await;
    ana.is_told_that_it_works_again("Checkout");
    town.logs.takes("");
    town.ends().await;
}
