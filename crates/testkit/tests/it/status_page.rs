use axum::http::StatusCode;
use testkit::{Town, minutes};

use crate::town::KUSTWERK;

#[tokio::test]
async fn the_status_page_says_so_and_says_when_it_is_over() {
    Town::tells(KUSTWERK, async |town| {
        let ana = town.person("Ana");
        let nobody = town.passer_by();
        town.passes(minutes(5)).await;
        let json = nobody.opens("/status/checkout/api/v2/status.json").await.json();
        assert_eq!(json["status"]["indicator"], "none", "{json:#}");
        town.breaks("Checkout");
        town.passes(minutes(2)).await;
        let page = ana.is_paged_about("Checkout");
        let json = nobody.opens("/status/checkout/api/v2/status.json").await.json();
        assert_ne!(json["status"]["indicator"], "none", "{json:#}");
        let public = nobody.opens("/status/checkout").await;
        assert_eq!(public.status, StatusCode::OK);
        assert!(
            !public.body.contains("Ana") && !public.body.contains("checkout.example"),
            "{}",
            public.text()
        );
        assert_eq!(nobody.opens("/status/checkout/feed.rss").await.status, StatusCode::OK);
        ana.acknowledges_by(&page).await;
        town.heals("Checkout");
        town.passes(minutes(15)).await;
        ana.is_told_that_it_works_again("Checkout");
        let json = nobody.opens("/status/checkout/api/v2/status.json").await.json();
        assert_eq!(json["status"]["indicator"], "none", "{json:#}");
        assert_eq!(nobody.opens("/status/nowhere").await.status, StatusCode::NOT_FOUND);
    })
    .await;
}
