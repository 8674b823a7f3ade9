use axum::http::StatusCode;
use testkit::{Town, minutes};

use crate::town::KUSTWERK;

#[tokio::test]
async fn on_a_full_disk_reads_go_on_and_writes_are_put_off() {
    Town::tells(KUSTWERK, async |town| {
        let ana = town.signed_in("Ana").await;
        town.breaks("Checkout");
        town.passes(minutes(2)).await;
        ana.is_paged_about("Checkout");
        let id = ana.finds_incident("Checkout").await;
        town.disk_holds(Some(1)).await;
        let screen = ana.browser.opens(&format!("/incidents/{id}")).await;
        assert_eq!(screen.status, StatusCode::OK, "{}", screen.text());
        let note = "x".repeat(9_000);
        let mut refused = None;
        for _ in 0..50 {
            let seen =
                ana.browser.submits(&screen, &format!("/incidents/{id}/note"), &[("body", &note)]).await;
            if seen.status == StatusCode::SERVICE_UNAVAILABLE {
                refused = Some(seen);
                break;
            }
        }
        let refused = refused.expect("the disk is full");
        assert!(refused.headers.contains_key("retry-after"), "{}", refused.text());
        assert_eq!(ana.browser.opens("/incidents").await.status, StatusCode::OK);
        town.disk_holds(None).await;
        ana.acknowledges("Checkout").await;
        town.heals("Checkout");
        town.passes(minutes(15)).await;
        ana.is_told_that_it_works_again("Checkout");
        town.logs.takes("");
    })
    .await;
}
